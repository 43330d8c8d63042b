/** Assets: the robot's own files and nothing beside, under or above its folder. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createAssets } from "../../../../runtime/bridge/foxglove/assets.ts";

const top = mkdtempSync(join(tmpdir(), "foresight-assets-"));
after(() => rmSync(top, { recursive: true }));
const folder = join(top, "arm");
mkdirSync(join(folder, "meshes"), { recursive: true });
mkdirSync(join(folder, ".hidden"));
writeFileSync(join(folder, "arm.urdf"), "<robot/>");
writeFileSync(join(folder, "notes.txt"), "secret");
writeFileSync(join(folder, ".hidden", "a.xml"), "secret");
writeFileSync(join(folder, "meshes", "link 0.STL"), "solid");
writeFileSync(join(top, "outside.xml"), "secret");
symlinkSync(join(top, "outside.xml"), join(folder, "link.xml"));
symlinkSync(join(folder, "arm.urdf"), join(folder, "same.urdf"));
mkdirSync(join(folder, "folder.xml"));
execFileSync("mkfifo", [join(folder, "pipe.xml")]);
writeFileSync(join(folder, "huge.stl"), "");
truncateSync(join(folder, "huge.stl"), 17 * 1024 * 1024);

const fetchAsset = createAssets({ robot: "arm", path: folder });
const text = async (uri: string): Promise<string> => Buffer.from(await fetchAsset(uri)).toString("utf8");

test("the robot's own folder is served under its name, any other package as a folder in it", async () => {
  assert.equal(await text("package://arm/arm.urdf"), "<robot/>");
  assert.equal(await text("package://arm/meshes/link%200.STL"), "solid");
  assert.equal(await text("package://meshes/link 0.STL"), "solid");
  assert.equal(await text("package://arm/same.urdf"), "<robot/>", "a link that stays inside");
});

const refusals: readonly (readonly [string, RegExp])[] = [
  ["package://arm/../outside.xml", /leaves the robot's folder/],
  ["package://arm/%2e%2e/outside.xml", /leaves the robot's folder/],
  ["package://../outside.xml", /leaves the robot's folder/],
  ["package://arm/meshes/..%2f..%2f..%2foutside.xml", /leaves the robot's folder/],
  ["package://arm//etc/a.xml", /leaves the robot's folder/],
  ["package://arm/..\\outside.xml", /leaves the robot's folder/],
  ["package://arm/.hidden/a.xml", /names what is hidden/],
  ["package://arm/arm.urdf%00.xml", /names what is hidden/],
  ["package://arm/link.xml", /a link leads out of the robot's folder/],
  ["package://arm/notes.txt", /only .urdf, .xacro/],
  ["package://arm", /only .urdf, .xacro/],
  ["package://arm/folder.xml", /it is no file/],
  ["package://arm/pipe.xml", /it is no file/],
  ["package://arm/huge.stl", /it has 17825792 bytes, at most 16777216/],
  ["package://arm/none.xml", /ENOENT|no such file/],
  ["package://arm/%zz.xml", /it is no address/],
  ["file:///etc/passwd", /only package:\/\/arm\/... is served/],
  ["/etc/passwd", /only package:\/\/arm\/... is served/],
];
for (const [uri, why] of refusals) {
  test(`refused: ${uri}`, async () => {
    await assert.rejects(fetchAsset(uri), (error: Error & { code?: string }) => {
      assert.equal(error.code, "bridge.refused");
      assert.match(error.message, why);
      return true;
    });
  });
}

test("many at once are refused in words, not queued", async () => {
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => fetchAsset("package://arm/arm.urdf")));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 4);
  assert.equal(await text("package://arm/arm.urdf"), "<robot/>");
});
