/** A process that is about to be gone is known as such before anybody is told that it is. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { isDying, watchDying } from "../../../runtime/act/dying.ts";

const stat = (name: string, flags: number, pending: number): string =>
  `12 (${name}) S 1 12 12 0 -1 ${flags} 102 0 0 0 0 0 0 0 20 0 1 0 7891919 3133440 413 18446744073709551615 1 2 3 0 0 ${pending} 0 0 0 0 0 0 17 1 0`;

test("it is dying where SIGKILL waits for it or it is being shut down, whatever its name is, and not for any other signal", () => {
  for (const name of ["node", "a) R 4 (b", "4 256"]) {
    assert.equal(isDying(stat(name, 0x400000, 0)), false);
    assert.equal(isDying(stat(name, 0x400000, 1 << 14)), false); // SIGTERM, which it may catch.
    assert.equal(isDying(stat(name, 0x400000, 1 << 8)), true);
    assert.equal(isDying(stat(name, 0x400004, 0)), true);
  }
});

test("a process that lives, or is only stopped, is not dying; one that was killed is, and so is one that is gone", {
  skip: notLinux(),
}, async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log(1)"], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const isChildDying = watchDying(child.pid!);
  assert.equal(isChildDying(), false);
  child.kill("SIGSTOP");
  assert.equal(isChildDying(), false);
  child.kill("SIGKILL");
  assert.equal(isChildDying(), true);
  await new Promise((resolve) => child.once("exit", resolve));
  assert.equal(isChildDying(), true);
});

test("where the system tells nothing of a process nobody is taken for dying", () => {
  assert.equal(watchDying(2 ** 30)(), false);
});

function notLinux(): string | false {
  if (process.platform !== "linux") return "only Linux tells of a dying process";
  return false;
}
