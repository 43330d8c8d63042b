/** Tests for state-file.ts: what is kept comes back whole, and what is not whole is never gone on with. */
import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import type { Skill } from "../../../runtime/core/skill.ts";
import type { SupervisorSnapshot } from "../../../runtime/supervise/snapshot.ts";
import { openStateFile, STATE_VERSION, tryState } from "../../../runtime/supervise/state-file.ts";
import { createSupervisor } from "../../../runtime/supervise/supervisor.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { at, leaf, reach } from "../../helpers/supervised.ts";

const skills = { reach };
const task: TaskNode = { sequence: [leaf(), { retry: { timeout: leaf(), timeoutS: 3 }, attempts: 2 }] };

/** A state file in a fresh folder, written by a supervisor in the midst of its task. */
function written() {
  const path = join(mkdtempSync(join(tmpdir(), "foresight-state-")), "push.state");
  const { keep } = openStateFile({ path, robot: "panda", known: { skills } });
  const supervisor = createSupervisor({ clock: new ManualClock(), skills, task, keep });
  supervisor.booted();
  supervisor.command("start");
  supervisor.prepared("0");
  for (let count = 0; count < 2; count++) supervisor.decided("0", at(0.01));
  supervisor.prepared("1/0/0");
  supervisor.decided("1/0/0", at(0.1));
  return {
    path,
    supervisor,
    open: (robot = "panda", known: Record<string, Skill> = skills) => openStateFile({ path, robot, known: { skills: known } }),
  };
}

test("what was kept last comes back, and nothing else is left in the folder", () => {
  const { path, supervisor, open } = written();
  const { left, setAside } = open();
  assert.deepEqual(left, JSON.parse(JSON.stringify(supervisor.snapshot)));
  assert.equal(setAside, null);
  assert.deepEqual(readdirSync(join(path, "..")), ["push.state"]);
});

test("where nothing was kept nothing is left, and after an end in good order neither", () => {
  const { path, open } = written();
  open().clear();
  open().clear();
  assert.equal(existsSync(path), false);
  assert.deepEqual([open().left, open().setAside], [null, null]);
});

test("what was set aside is replaced by nothing that is set aside after it", () => {
  const { path, open } = written();
  for (const text of ["years of work\n", "more of it\n"]) {
    writeFileSync(path, text);
    open();
  }
  assert.equal(readFileSync(`${path}.set-aside`, "utf8"), "years of work\n");
  assert.equal(readFileSync(`${path}.set-aside-2`, "utf8"), "more of it\n");
});

test("a place where nothing can be kept is refused before there is a robot, and trying leaves no trace", async () => {
  const parent = mkdtempSync(join(tmpdir(), "foresight-state-"));
  for (const path of ["/dev/null", parent, join(parent, "notes.txt", "state")]) {
    if (path.endsWith("state")) writeFileSync(join(parent, "notes.txt"), "years of work\n");
    await assert.rejects(tryState(path), { code: "state.unwritable", message: /^state .*; make room there or choose another file$/ }, path);
  }
  await tryState(join(parent, "new", "push.state"));
  assert.deepEqual(readdirSync(parent), ["notes.txt"]);
});

test("a folder, or a link to somebody's file, in the place of the state is left as it is", () => {
  const parent = mkdtempSync(join(tmpdir(), "foresight-state-"));
  const [folder, link] = [join(parent, "folder"), join(parent, "link")];
  mkdirSync(folder);
  writeFileSync(`${link}.precious`, "years of work\n");
  symlinkSync(`${link}.precious`, link);
  for (const [path, what] of [
    [folder, "folder"],
    [link, "link"],
  ] as const) {
    assert.throws(() => openStateFile({ path, robot: "panda", known: { skills } }), {
      code: "state.unwritable",
      message: new RegExp(`it is a ${what}, not a file, and is left as it is; .*choose another file`),
    });
    assert.ok(lstatSync(path)[what === "folder" ? "isDirectory" : "isSymbolicLink"]());
  }
  assert.equal(readFileSync(`${link}.precious`, "utf8"), "years of work\n");
});

test("a file cut at any length, or with any byte changed, is set aside and never gone on with", () => {
  const { path, open } = written();
  const whole = readFileSync(path);
  const rng = createRng(5);
  const cut = (length: number): Buffer => whole.subarray(0, length);
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at] = bytes[at]! ^ (1 << Math.floor(rng.between(0, 8)));
    return bytes;
  };
  for (let tried = 0; tried < 300; tried++) {
    const at = Math.floor(rng.between(0, whole.length));
    const damaged = tried % 2 === 0 ? cut(at) : changed(at);
    writeFileSync(path, damaged);
    const { left, setAside } = open();
    assert.equal(left, null, `${tried % 2 === 0 ? "cut" : "changed"} at ${at}`);
    assert.match(
      setAside ?? "",
      /is not gone on with: it (?:is|cannot be) .*it is now .*push\.state\.set-aside, and the task begins anew/s,
    );
    assert.deepEqual(readFileSync(`${path}.set-aside`), damaged, "as evidence, as it was");
    assert.equal(existsSync(path), false);
    rmSync(`${path}.set-aside`);
  }
});

/** The file as it would be with another snapshot or header, its checksum right. */
function rewrite(
  path: string,
  change: { head?: (head: Record<string, unknown>) => object; body?: (body: SupervisorSnapshot) => unknown },
): void {
  const [head = "", body = ""] = readFileSync(path, "utf8").split("\n");
  const next = { head: JSON.parse(head) as Record<string, unknown>, body: JSON.parse(body) as SupervisorSnapshot };
  const fresh = join(mkdtempSync(join(tmpdir(), "foresight-state-")), "fresh.state");
  openStateFile({ path: fresh, robot: String(next.head["robot"]), known: { skills } }).keep(
    (change.body?.(next.body) ?? next.body) as SupervisorSnapshot,
  );
  const [freshHead = "", freshBody = ""] = readFileSync(fresh, "utf8").split("\n");
  const changed = JSON.parse(freshHead) as Record<string, unknown>;
  writeFileSync(path, `${JSON.stringify(change.head?.(changed) ?? changed)}\n${freshBody}\n`);
}

const refused: readonly (readonly [string, Parameters<typeof rewrite>[1], RegExp])[] = [
  [
    "of an older version",
    { head: (head) => ({ ...head, version: 0 }) },
    new RegExp(`it is of version 0, this program reads version ${STATE_VERSION}`),
  ],
  ["of another robot", { head: (head) => ({ ...head, robot: "ur5e" }) }, /it is of robot "ur5e", this is "panda"/],
  ["with a count that is none", { body: (body) => ({ ...body, holds: -1 }) }, /it is not a state of this version: .*holds/s],
  ["with something that this version does not know", { body: (body) => ({ ...body, motor: "on" }) }, /Unrecognized key: "motor"/],
  [
    "in a state that its statechart does not have",
    { body: (body) => ({ ...body, run: body.run && { ...body.run, at: { ...body.run.at, value: { task: { node: "7" } } } } }) },
    /'7'.*does not exist|Child state/s,
  ],
  [
    "with a skill that its task does not have",
    { body: (body) => ({ ...body, run: body.run && { ...body.run, skills: body.run.skills.map((skill) => ({ ...skill, path: "7" })) } }) },
    /the skill at "7" is not the one of its task/,
  ],
];
for (const [sentence, change, message] of refused) {
  test(`a state ${sentence} is set aside with a message`, () => {
    const { path, open } = written();
    rewrite(path, change);
    const { left, setAside } = open();
    assert.equal(left, null);
    assert.match(setAside ?? "", message);
  });
}

test("a state of a skill that is no more is set aside with a message", () => {
  const { left, setAside } = written().open("panda", { push: { ...reach, name: "push" } });
  assert.equal(left, null);
  assert.match(setAside ?? "", /skill "reach" does not exist; use one of push/);
});

test("a draft that was not finished does not count, and is replaced", () => {
  const { path, open } = written();
  writeFileSync(`${path}.partial`, "half a state");
  const { left, keep } = open();
  assert.notEqual(left, null);
  keep(left!);
  assert.deepEqual(readdirSync(join(path, "..")), ["push.state"]);
});

test("where it cannot be written the error says where, and what to do", () => {
  const { path } = written();
  const within = join(path, "state");
  assert.throws(() => openStateFile({ path: within, robot: "panda", known: { skills } }), {
    code: "state.unwritable",
    message: /state .*push\.state\/state: E\w+: .*; make room there or choose another file/,
  });
});
