/** A reporter of node:test that writes one line of JSON to descriptor 3 for each test that began or ended, for run-files.ts to count. */
import { writeSync } from "node:fs";
import { Transform } from "node:stream";
import type { TestEvent } from "node:test/reporters";

/** `skip` and `todo` are true or the reason. */
export interface TestLine {
  readonly type: "test:dequeue" | "test:pass" | "test:fail";
  readonly name: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
}

/** Suites are no tests, unless they are skipped with all that they hold; a test that holds others is one, as in Node's own counts. Written at once, so that it is known also if the process dies. */
export const events = new Transform({
  writableObjectMode: true,
  transform({ type, data }: TestEvent, _, done) {
    if (type === "test:dequeue") tell({ type, name: data.name });
    if (type === "test:pass" || type === "test:fail") {
      const { name, skip, todo, details } = data;
      if (details.type !== "suite" || skip !== undefined)
        tell({ type, name, ...(skip === undefined ? {} : { skip }), ...(todo === undefined ? {} : { todo }) });
    }
    done(); // What it gave would be printed, and it gives nothing.
  },
});

function tell(line: TestLine): void {
  writeSync(3, `${JSON.stringify(line)}\n`);
}
