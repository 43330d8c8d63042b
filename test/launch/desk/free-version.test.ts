/** A calibration never takes the place of an older one. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freeVersion } from "../../../launch/desk/free-version.ts";

test("a calibration is kept under the first name that nobody has: its own, then .2, then .3", () => {
  const folder = mkdtempSync(join(tmpdir(), "free-version-"));
  try {
    const file = join(folder, "arm.json");
    for (const name of ["arm.json", "arm.2.json", "arm.3.json"]) {
      assert.equal(freeVersion(file), join(folder, name));
      writeFileSync(join(folder, name), "{}");
    }
    assert.equal(freeVersion(join(folder, "bare")), join(folder, "bare"));
    writeFileSync(join(folder, "bare"), "{}");
    assert.equal(freeVersion(join(folder, "bare")), join(folder, "bare.2"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
