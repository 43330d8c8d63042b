import assert from "node:assert/strict";
import { test } from "node:test";
import { benchPage, printBenchPage } from "../../../../launch/measure/bench/page.ts";
import { PAGE_SITE } from "../../../../runtime/dashboard/site.ts";

test("bench page tells what nobody, one and four who look cost, beside no page at all, and how much a first load is", async () => {
  const result = await benchPage({ seconds: 1, widthPx: 64, signal: new AbortController().signal });
  assert.deepEqual(
    result.rows.map(({ viewers }) => viewers),
    [null, 0, 1, 4],
  );
  for (const { coreShare, seconds } of result.rows) assert.ok(coreShare > 0 && seconds >= 1);
  assert.equal(result.firstLoad.files, Object.keys(PAGE_SITE).length + 2, "with what it is of, and the arm");
  assert.ok(result.firstLoad.bytes > 100_000);
  assert.match(printBenchPage(result), /no page .*\n +0 .*\n +1 .*\n +4 /);
});
