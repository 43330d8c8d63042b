/** What is wrong with a launch file, and where. */
import type { Path } from "./key-hints.ts";

/** Something wrong at a place of the merged launch data. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}
