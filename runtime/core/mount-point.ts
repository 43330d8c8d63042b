/** Whether something is mounted on a folder, a volume of a container, say: no rename moves it. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** False where there is nothing. */
export function isMountPoint(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there) return false;
  const real = realpathSync(path);
  return process.platform === "linux" ? mountPoints().includes(real) : there.dev !== statSync(dirname(real)).dev;
}

/** As Linux tells them: also folders of the same disk that are bound over others, which their numbers do not give away. */
function mountPoints(): readonly string[] {
  const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return lines.map((line) =>
    (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
}
