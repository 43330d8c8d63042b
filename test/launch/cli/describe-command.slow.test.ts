/** `foresight describe` looks at the places that it will write to before it does any work: what is the user's stays as it was. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCli } from "../../helpers/cli.ts";
import { folderOfTest, urdf } from "../../robots/described/invented.ts";

const folder = folderOfTest();

test("a picture that a person has beside the arm's file is not replaced, and nothing is written", async () => {
  const arm = folder.write("photo/arm.urdf", urdf);
  const photo = folder.write("photo/arm.png", "a photo of the arm");
  const { code, err } = await startCli(["describe", arm, "--yes"]).result;
  assert.equal(code, 2, err);
  assert.match(err, /launch\.invalid: cannot write .*arm\.png \(there is a file that Foresight did not write/);
  assert.equal(readFileSync(photo, "utf8"), "a photo of the arm");
});

test("a place that cannot be written to is told before the arm's file is read", async () => {
  const file = folder.write("file", "");
  const { code, err } = await startCli(["describe", join(file, "no-arm.urdf"), "--out", join(file, "arm.launch.yaml"), "--yes"]).result;
  assert.equal(code, 2, err);
  assert.match(err, /describe: .*arm\.launch\.yaml cannot be written \(ENOTDIR: .*choose another place with --out/);
});
