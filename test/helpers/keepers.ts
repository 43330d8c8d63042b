/** The processes that hold an arm for another one: its children that run a keeper. */
import { readFileSync } from "node:fs";

/** Process ids; Linux. */
export function keepersOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return children.filter((child) => /keeper\.[jt]s/.test(commandLineOf(child)));
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // It has ended meanwhile.
  }
}
