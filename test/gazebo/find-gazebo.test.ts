/** The Gazebo that the tests run against is the user's own where there is one, and what it lacks is said. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { findGazebo } from "./find-gazebo.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-find-gazebo-"));
after(() => rmSync(folder, { recursive: true }));
const SYSTEM_PATH = ["/usr/bin", "/bin"].join(delimiter);

/** A program of that name that answers each of these arguments with a text, and anything else with code 1. */
function program(name: string, answers: Readonly<Record<string, string>>): string {
  const cases = Object.entries(answers).map(([args, text]) => `"${args}") echo "${text}" ;;`);
  writeFileSync(join(folder, name), `#!/bin/sh\ncase "$*" in\n${cases.join("\n")}\n*) exit 1 ;;\nesac\n`, { mode: 0o755 });
  return join(folder, name);
}

function setup(text: string, code: number): string {
  writeFileSync(join(folder, "setup.sh"), `echo "${text}" ${code === 0 ? "" : ">&2"}; exit ${code}\n`);
  return join(folder, "setup.sh");
}
const noArchive = (): string => setup("no headless Gazebo here", 3);

test("the command that the environment names comes first, its version is told, and -r is left to the test", () => {
  const named = program("my-sim", { "sim --version": "Gazebo Sim, version 8.9.0", "sdf --version": "14.5.0" });
  const found = findGazebo({ FORESIGHT_GAZEBO_COMMAND: `${named} sim -s -r --headless-rendering`, PATH: SYSTEM_PATH }, noArchive());
  assert.deepEqual(found, {
    command: [named, "sim", "-s", "--headless-rendering"],
    release: "harmonic",
    version: "Gazebo Sim, version 8.9.0",
    sdfCheck: [named, "sdf", "--check"],
    skip: false,
  });
});

test("one on the path comes before the archive, and what its version lacks is said by name", () => {
  program("ign", { "gazebo --version": "Ignition Gazebo, version 6.17.1" });
  const found = findGazebo({ PATH: [folder, SYSTEM_PATH].join(delimiter) }, setup("/archive/run-gz.sh", 0));
  assert.deepEqual(found, {
    command: ["ign", "gazebo", "-s", "--headless-rendering"],
    release: "fortress",
    version: "Ignition Gazebo, version 6.17.1",
    sdfCheck: { missing: "this Gazebo has no `ign sdf`, which checks SDF files; install sdformat's tools" },
    skip: false,
  });
  rmSync(join(folder, "ign"));
});

test("without one of one's own the archive is taken", () => {
  const found = findGazebo({ PATH: SYSTEM_PATH }, setup("/archive/run-gz.sh", 0));
  assert.deepEqual(found.skip === false && [found.command, found.release], [["/archive/run-gz.sh"], "fortress"]);
});

test("without any the reason says what to do", () => {
  const remedy = "install Gazebo (gz sim), or name a headless server's command in FORESIGHT_GAZEBO_COMMAND";
  assert.deepEqual(findGazebo({ PATH: SYSTEM_PATH }, noArchive()), { skip: `no headless Gazebo here; ${remedy}` });
});

test("a command that does not start, and a Gazebo that is too old, are reasons to skip", () => {
  const gone = findGazebo({ FORESIGHT_GAZEBO_COMMAND: "/no/such/gz sim", PATH: SYSTEM_PATH }, noArchive());
  assert.match(String(gone.skip), /^"\/no\/such\/gz sim" does not start: .*ENOENT; install Gazebo/);
  const old = program("old-ign", { "gazebo --version": "Ignition Gazebo, version 3.15.1" });
  const skip = findGazebo({ FORESIGHT_GAZEBO_COMMAND: `${old} gazebo`, PATH: SYSTEM_PATH }, noArchive()).skip;
  assert.match(String(skip), /^Ignition Gazebo, version 3\.15\.1 is older than Fortress/);
});
