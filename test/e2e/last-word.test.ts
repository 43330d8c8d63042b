/** No command ends without a word: not one that waits for what never comes, not one whose words find no room, and not one that is interrupted while it loads. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { test } from "node:test";
import { packageRoot } from "../../runtime/core/package-root.ts";

const run = (args: readonly string[], stdout: "pipe" | number = "pipe") =>
  spawnSync(process.execPath, ["--import", "tsx", ...args], { cwd: packageRoot, encoding: "utf8", stdio: ["ignore", stdout, "pipe"] });

test("a command that waits for what never comes says so, and fails", () => {
  const { status, stderr } = run(["--import", "./test/helpers/command-that-hangs.ts", "launch/main.ts", "check"]);
  assert.match(stderr, /^the command waits for something that cannot come any more, and ends here: a bug; run it again/);
  assert.equal(status, 1);
});

/** What `foresight run` says, and its exit code, where Ctrl-C comes as soon as `listener` listens. */
const interruptedBy = (listener: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(process.execPath, ["--import", "./test/helpers/interrupt-when-heard.mjs", "launch/foresight.mjs", "run", "dashboard.port:=0"], {
    cwd: packageRoot,
    encoding: "utf8",
    env: { ...process.env, FORESIGHT_TEST_LISTENER: listener },
  });

test("Ctrl-C in the first instant is answered, and so is one while robot and model are looked at: nothing is opened any more", () => {
  assert.deepEqual(onlyWords(interruptedBy("whileLoading")), {
    status: 130,
    stdout: "",
    stderr: "interrupted while loading; nothing has begun\n",
  });
  assert.deepEqual(onlyWords(interruptedBy("onSignal")), {
    status: 130,
    stdout: "",
    stderr: "stopping; once more to leave at once\nstop.operator: interrupted from the keyboard\n",
  });
});

const onlyWords = ({ status, stdout, stderr }: ReturnType<typeof interruptedBy>) => ({ status, stdout, stderr });

const full = "/dev/full";
test("a command whose output finds no room on the disk says so where there is room, once, and does what it was asked", {
  skip: !existsSync(full) && `there is no ${full} here`,
}, () => {
  const { status, stderr } = run(["launch/main.ts", "check"], openSync(full, "w"));
  assert.equal(
    stderr,
    "standard output: cannot be written (ENOSPC: no space is left on the disk), what is printed there is lost; the command goes on\n",
  );
  assert.equal(status, 0);
});
