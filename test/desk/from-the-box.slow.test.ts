/** From the box to a first goal, as robots/so101/desk.md has it: every step by its command on one virtual arm, with a program for the person's hands and answers; each ends well, and how long each took is told. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { DeskView } from "../../launch/desk/page/view.ts";
import { robots } from "../../robots/index.ts";
import { so101StopsRad } from "../../robots/so101/servos.ts";
import { nsToSeconds, SystemClock } from "../../runtime/core/clock.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { cli, type RunningCli, startCli, told } from "../helpers/cli.ts";
import { until } from "../helpers/until.ts";
import { type ArmProcess, anglesRad, startArm } from "./arm-process.ts";

const skip = spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg";
const PICTURES = 8861;
const MINUTES = 60_000;
const NEAR_RAD = 0.06;
const names = Object.keys(so101StopsRad) as (keyof typeof so101StopsRad)[];
const MIDDLE_RAD = names.map((name) => (so101StopsRad[name][0] + so101StopsRad[name][1]) / 2);
const clock = new SystemClock();

const inWords = (rad: readonly number[]): string => rad.map((each) => each.toFixed(3)).join(",");

/** The launch file that an owner writes: a copy with port, calibration and cameras of their own. */
function writeLaunch(folder: string, port: string): string {
  const file = join(folder, "mine.launch.yaml");
  const cameras = ["front", "side"].map((name, index) => `${name}: { kind: stream, device: "tcp://127.0.0.1:${PICTURES + index}" }`);
  const text = `include: ${join(packageRoot, "launch/so101-desk-reach.launch.yaml")}
backend:
  port: ${port}
  calibration: ${join(folder, "mine.json")}
  cameras: { ${cameras.join(", ")} }
  evaluation: null
  resume: self
  answerMs: 25                      # other processes play servos and cameras, and this machine may be busy: late is not lost
  limits: { missingMs: 2000 }
senses: { maxAgeMs: 2500 }
guards: { maxObservationAgeMs: 2000, maxPlanAgeMs: 2000 }
task: { retry: { skill: reach, goal: { kind: tool, positionM: [0.22, 0.05, 0.09] } }, attempts: 5, backOffS: 0.5 }
dashboard: { port: 0 }
`;
  writeFileSync(file, text);
  return file;
}

/** Says what a person types, each when it is asked for; resolves when the command has ended well. */
async function converse(
  running: RunningCli,
  answers: readonly (readonly [asked: RegExp, answer: string, first?: () => Promise<unknown>])[],
) {
  try {
    for (const [asked, answer, first] of answers) {
      await running.saw(asked);
      await first?.();
      running.child.stdin?.write(`${answer}\n`);
    }
    const result = await running.result;
    assert.equal(result.code, 0, told(result));
  } finally {
    running.child.kill("SIGKILL");
  }
}

const setUp = (arm: ArmProcess): Promise<void> => {
  const alone = async (joint: number): Promise<void> => {
    for (const index of names.keys()) await arm.command(`${index === joint ? "appear" : "vanish"} ${index + 1}`);
  };
  const asked = names
    .toReversed()
    .flatMap((name) => [
      [new RegExp(`Connect the servo of ${name}, and no other`), "", () => alone(names.indexOf(name))] as const,
      [new RegExp(`${name}: servo \\d .*to be written[^]*Write it\\?`), "yes"] as const,
    ]);
  return converse(startCli(["setup-servos", "so101", "--port", arm.port], {}, "pipe"), asked);
};

/** Each joint from stop to stop, as it is seen on the command's page. */
async function sweep(arm: ArmProcess, url: string): Promise<void> {
  for (const [index, name] of names.entries()) {
    const halfRad = (so101StopsRad[name][1] - so101StopsRad[name][0]) / 2;
    for (const offRad of [0, -halfRad, 0, halfRad, 0]) {
      const toRad = MIDDLE_RAD[index]! + offRad;
      const posture = MIDDLE_RAD.with(index, toRad);
      await until(`${name} at ${toRad.toFixed(2)} rad`, async () => {
        await arm.command(`place ${inWords(posture)}`);
        const { joints } = (await (await fetch(new URL("/now", url))).json()) as DeskView;
        return Math.abs((joints.find((joint) => joint.name === name)?.angleRad ?? Number.NaN) - toRad) < NEAR_RAD;
      });
    }
  }
}

const calibrate = async (arm: ArmProcess, launch: string): Promise<void> => {
  const running = startCli(["calibrate", launch], {}, "pipe");
  const url = /page: (\S+)/.exec(await running.saw(/page: \S+/))![1]!;
  await converse(running, [
    [/The arm goes limp now/, "yes", () => arm.command(`place ${inWords(MIDDLE_RAD)}`)],
    [/Put every joint in the middle/, ""],
    [/Move shoulder_pan, .* slowly from stop to stop/, "", () => sweep(arm, url)],
    [/Write this to the servos\?/, "yes"],
    [/Each joint now moves a little by itself/, "yes", () => arm.command("hand off")],
    ...names.map((name) => [new RegExp(`${name} moved a little\\. Did `), "yes"] as const),
  ]);
};

/** Until the arm stands where the leader is led. */
const lead = async (arm: ArmProcess, leader: ArmProcess, launch: string): Promise<void> => {
  const led = (await anglesRad(arm)).map((rad, joint) => (joint === 0 ? rad + 0.3 : joint === 5 ? -0.15 : rad));
  await leader.command(`hand ${inWords(led)}`);
  const running = startCli(["teleop", launch, "--leader", leader.port, "--clutch", "gripper"]);
  try {
    await running.saw(/following/);
    await until("it stands where the leader does", async () => Math.abs((await anglesRad(arm))[0]! - led[0]!) < NEAR_RAD, MINUTES);
  } finally {
    running.child.kill("SIGINT");
    await running.result;
  }
};

const capture = async (arm: ArmProcess, launch: string, folder: string): Promise<void> => {
  const toRad = [0.3, 0, 0, 0, 0, 0].map((byRad, joint) => byRad + (joint === 5 ? 0.5 : 0));
  await converse(startCli(["goal", "capture", launch, "--by-hand", "--out", join(folder, "goal")], {}, "pipe"), [
    [/The arm goes limp now/, "yes", () => arm.command(`hand ${inWords(toRad)}`)],
    [/Move the arm to the goal by hand/, "", () => until("it is there", async () => Math.abs((await anglesRad(arm))[0]! - 0.3) < NEAR_RAD)],
  ]);
  await arm.command("hand off");
};

/** A command that asks nothing. */
async function plain(...args: string[]): Promise<string> {
  const result = await cli(...args);
  assert.equal(result.code, 0, told(result));
  return result.out;
}

test("from the box to a first goal every step of desk.md does what it says on an arm that comes uncalibrated", {
  skip,
  timeout: 12 * MINUTES,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "from-the-box-"));
  try {
    await using arm = await startArm("--uncalibrated", "--pictures", `${PICTURES}`);
    await using leader = await startArm("--leader");
    const launch = writeLaunch(folder, arm.port);
    const { homeRad } = await robots.so101();
    const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      const startNs = clock.nowNs();
      await work();
      context.diagnostic(`${name}: ${nsToSeconds(clock.nowNs() - startNs).toFixed(1)} s`); // Of a shared machine: told, not asserted.
    };
    await step("find", async () => assert.match(await plain("find", arm.port), /servos 1 \(STS3215.* 6 \(STS3215/));
    await step("setup-servos", () => setUp(arm));
    for (const index of names.keys()) await arm.command(`appear ${index + 1}`);
    await step("calibrate", () => calibrate(arm, launch));
    /** Into the middle of its work area, as a person lifts it there, and lets go. */
    const lift = async (): Promise<void> => {
      await arm.command(`place ${inWords([...homeRad, 0.5])}`);
      await arm.command("hand off");
    };
    await lift();
    await step("check --live", () => plain("check", launch, "--live", "--out", join(folder, "live")));
    await step("doctor --move", () =>
      converse(startCli(["doctor", launch, "--move"], {}, "pipe"), [[/Each joint now moves by 0\.06 rad to and fro/, "yes"]]),
    );
    await step("jog", () => plain("jog", launch, "--confirm", ...names.slice(0, 5)));
    await step("teleop", () => lead(arm, leader, launch));
    await step("goal capture --by-hand", () => capture(arm, launch, folder));
    await lift();
    await step("run", () => plain("run", launch));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
