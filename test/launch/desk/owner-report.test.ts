/** What an owner can send us: the findings and the kind of computer, and nothing that names anybody. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeOwnerReport } from "../../../launch/desk/owner-report.ts";

test("the report has every finding and what it was found on, and names neither person nor computer nor folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "owner-report-"));
  try {
    const file = join(folder, "report.json");
    const checks = [{ name: "lost answers", needed: true, ok: false, found: "12.0 of 1,000", remedy: "look at the cables" }];
    writeOwnerReport(file, { ok: false, checks });
    const text = readFileSync(file, "utf8");
    const report = JSON.parse(text) as { readonly checks: unknown; readonly computer: object };
    assert.deepEqual(report.checks, checks);
    assert.deepEqual(Object.keys(report.computer), ["platform", "release", "arch", "cores", "node"]);
    for (const secret of [`"${hostname()}"`, `"${userInfo().username}"`, folder, process.cwd()]) assert.ok(!text.includes(secret), secret);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
