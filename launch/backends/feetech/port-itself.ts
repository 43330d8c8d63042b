/** What a port is called by everybody, however a launch file names it. */
import { realpathSync } from "node:fs";

/** The same for every name of it. */
export function portItself(port: string): string {
  try {
    return realpathSync(port);
  } catch {
    return port; // Opening it says what is wrong.
  }
}
