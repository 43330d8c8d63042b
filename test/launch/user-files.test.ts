/** A file that a person names is replaced only where we wrote it. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import sharp from "sharp";
import { tryUserFile, writePicture, writeReport, writeUserFile } from "../../launch/user-files.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-user-"));
after(() => rmSync(folder, { recursive: true }));

test("a report replaces a report of ours, and nothing else", async () => {
  const report = join(folder, "new", "report.json");
  writeReport(report, { successes: 1 });
  writeReport(report, [2]);
  assert.deepEqual(JSON.parse(readFileSync(report, "utf8")), { writtenBy: "foresight", entries: [2] });
  const launch = join(folder, "a.launch.yaml");
  writeFileSync(launch, "robot: panda\n");
  const refused = {
    code: "launch.invalid",
    message: /cannot write .*a\.launch\.yaml \(there is a file that Foresight did not write, and it is left as it is\)/,
  };
  assert.throws(() => writeReport(launch, { successes: 1 }), refused);
  await assert.rejects(tryUserFile(launch), refused);
  assert.equal(readFileSync(launch, "utf8"), "robot: panda\n");
});

test("a picture replaces a picture of ours, and no other", async () => {
  const picture = () => sharp({ create: { width: 4, height: 4, channels: 3, background: "#123456" } });
  const path = join(folder, "front.png");
  await writePicture(path, picture());
  await writePicture(path, picture());
  await picture().png().toFile(join(folder, "mine.png"));
  await assert.rejects(writePicture(join(folder, "mine.png"), picture()), /Foresight did not write/);
});

test("a place that cannot be written to is said before, and leaves no trace", async () => {
  writeFileSync(join(folder, "file"), "");
  const path = join(folder, "file", "report.json");
  await assert.rejects(tryUserFile(path), {
    code: "launch.invalid",
    message: /cannot write .*report\.json \(ENOTDIR.*name a place that can be written to/,
  });
  assert.throws(() => writeUserFile(path, "x"), { code: "launch.invalid" });
  await tryUserFile(join(folder, "not", "yet", "report.json"));
  assert.equal(existsSync(join(folder, "not")), false);
  assert.ok(readdirSync(folder).every((name) => !name.endsWith(".partial")));
});
