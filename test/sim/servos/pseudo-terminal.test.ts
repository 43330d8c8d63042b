/** The name of a virtual port: what lies there already is somebody's, unless a virtual arm left it. */
import assert from "node:assert/strict";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openPseudoTerminal } from "../../../sim/servos/pseudo-terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-port-"));
after(() => rmSync(folder, { recursive: true }));
const link = join(folder, "arm");
const refusal = { code: "launch.invalid", message: /--port .*arm: something else is there, and it is left as it is; choose another name/ };

test("a name that leads to a real port, and a file of that name, are refused and left as they are", async () => {
  symlinkSync("../../ttyACM0", link); // As udev names the ports of arms.
  await assert.rejects(openPseudoTerminal(link), refusal);
  assert.equal(readlinkSync(link), "../../ttyACM0");
  unlinkSync(link);
  writeFileSync(link, "years of work");
  await assert.rejects(openPseudoTerminal(link), refusal);
  assert.equal(readFileSync(link, "utf8"), "years of work");
  unlinkSync(link);
});

test("a name in a folder that is not there is refused in words", () =>
  assert.rejects(openPseudoTerminal(join(folder, "nowhere", "arm")), {
    code: "launch.invalid",
    message: /nowhere.*ENOENT.*choose another name/,
  }));

test("a name that a virtual arm left behind is taken over, and whoever has it takes it away at the end", async () => {
  symlinkSync("/dev/pts/987654", link);
  const first = await openPseudoTerminal(link);
  assert.equal(readlinkSync(link), first.path);
  const second = await openPseudoTerminal(link);
  await first[Symbol.asyncDispose]();
  assert.equal(readlinkSync(link), second.path, "it is the second's by now");
  await second[Symbol.asyncDispose]();
  assert.equal(lstatSync(link, { throwIfNoEntry: false }), undefined);
});
