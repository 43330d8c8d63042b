/** The contract of a Robot, as tests: a new robot is done when it passes. Not a test file itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GripperCommand, Segment, SegmentEvent } from "../../runtime/core/motion.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Sample } from "../../runtime/core/sensing.ts";

export interface RobotUnderTest {
  readonly robot: Robot;
  /** On the robot's clock. */
  nowNs(): bigint;
  /** How far ahead a segment must start to be on time; 0 where time waits. */
  readonly leadS: number;
  /** Lets some time pass without a new segment, a decision period at most, however this robot passes time. */
  pass(): Promise<void>;
}

/** How far the contract's segments move the first joint. */
export const CONTRACT_STEP_RAD = 0.02;
/** Of a quintic from rest to rest, by its way over the square of its time. */
const PEAK_ACCELERATION = 5.7735;
const STOP_S_MAX = 0.4;
/** How often time is passed at most while waiting for something. */
const PASSES_MAX = 300;
const ATTEMPTS_MAX = 5;

/** Declares the tests; `make` is called once per test and the robot disposed after it. */
export function robotContract(name: string, make: () => Promise<RobotUnderTest>): void {
  const rule = (sentence: string, body: (under: RobotUnderTest) => Promise<void>): void => {
    test(`${name}: ${sentence}`, async (context) => {
      for (let attempt = 1; ; attempt++) {
        const under = await make();
        let isStalled = false;
        under.robot.faults?.subscribe(({ code }) => {
          isStalled ||= code === "robot.stalled";
        });
        try {
          return await body(under);
        } catch (error) {
          // A real process that this machine kept from running has braked, as it must: that says nothing of the rule.
          if (!isStalled || under.leadS === 0 || attempt === ATTEMPTS_MAX) throw error;
          context.diagnostic(`attempt ${attempt}: the command stream was kept from running; once more`);
        } finally {
          await under.robot[Symbol.asyncDispose]();
        }
      }
    });
  };

  rule("samples of each source come with increasing stamps", samplesFlow);
  rule("act resolves with the segment that it accepted", async (under) => {
    const segment = nextSegment(under, 0);
    assert.deepEqual(await under.robot.act(segment), segment);
  });
  rule("a segment that does not start from the commanded state is rejected", rejectsJumps);
  rule("a segment that is not finite, or drives a joint ten times as hard as it may, is rejected", async (under) => {
    const segment = nextSegment(under, 0);
    segment.knots.at(-1)!.positionRad[0] = Number.NaN;
    await assert.rejects(under.robot.act(segment), isRejection(/knot 1 is not finite/));
    const tenfold = nextSegment(under, 1);
    const { accelerationMaxRadPerS2, name } = under.robot.spec.joints[0]!;
    const start = tenfold.knots[0]!.positionRad[0]!;
    tenfold.knots.at(-1)!.positionRad[0] = start + (10 * accelerationMaxRadPerS2 * 0.2 ** 2) / PEAK_ACCELERATION;
    await assert.rejects(under.robot.act(tenfold), isRejection(new RegExp(`joint "${name}": acceleration \\S+ rad/s\\^2 is above`)));
    assert.equal(under.robot.commandedAt(tenfold.startNs + secondsToNs(0.1)).positionRad[0], start);
  });
  rule("the commanded state is continuous where one segment replaces another", continuousReplacement);
  rule("a stop brings the arm to rest within 0.4 s and rejects segments until resume", stopsAndResumes);
  rule("disposing twice is the same as disposing once, and nothing acts after it", async (under) => {
    const segment = nextSegment(under, 0);
    await under.robot[Symbol.asyncDispose]();
    await under.robot[Symbol.asyncDispose]();
    await assert.rejects(under.robot.act(segment), (error) => error instanceof AgentError && error.code === "robot.lost");
  });
  rule("aborting the signal ends the observation", abortEnds);
  rule("a segment's events come in order", eventsInOrder);
  rule("what the gripper is told is done and felt, and outlives its segment; without a gripper it is refused by name", grips);
}

async function samplesFlow(under: RobotUnderTest): Promise<void> {
  const samples = collect(under, new AbortController().signal);
  for (let id = 0; id < 3; id++) {
    const { startNs } = await under.robot.act(nextSegment(under, id));
    await until(under, () => under.nowNs() > startNs && samples.length > id + 1);
  }
  for (const reason of ["contract", "at rest already"]) await under.robot.stop(reason);
  const stamps = new Map<string, bigint>();
  for (const sample of samples) {
    const source = sample.kind === "frame" ? sample.frame.camera : sample.kind;
    const { stampNs } = sample.kind === "frame" ? sample.frame : sample.joints;
    assert.ok(stampNs > (stamps.get(source) ?? -1n), `${source}: ${stampNs} after ${stamps.get(source)}`);
    stamps.set(source, stampNs);
  }
  assert.ok(stamps.has("joints"));
}

async function rejectsJumps(under: RobotUnderTest): Promise<void> {
  const good = nextSegment(under, 0);
  const jumpRad = good.knots.map((knot) => ({ ...knot, positionRad: knot.positionRad.map((value) => value + 0.01) }));
  await assert.rejects(
    under.robot.act({ ...good, knots: jumpRad }),
    isRejection(/starts 0\.0100 rad from the commanded state, must be within 0\.001 rad/),
  );
}

async function continuousReplacement(under: RobotUnderTest): Promise<void> {
  const first = await under.robot.act(nextSegment(under, 0, 0.4));
  await until(under, () => under.nowNs() > first.startNs + secondsToNs(0.1));
  const second = nextSegment(under, 1);
  // A real process may be kept from running for so long that the first segment has ended: continuous it is all the same.
  if (under.leadS === 0) assert.ok(maxAbs(second.knots[0]!.velocityRadPerS) > 0, "the first segment still moves where the second starts");
  const before = under.robot.commandedAt(second.startNs - 1n);
  await under.robot.act(second);
  const after = under.robot.commandedAt(second.startNs);
  for (const field of ["positionRad", "velocityRadPerS", "accelerationRadPerS2"] as const) {
    for (const [joint, value] of after[field].entries()) assert.ok(Math.abs(value - before[field][joint]!) < 1e-5, `${field} ${joint}`);
  }
}

async function stopsAndResumes(under: RobotUnderTest): Promise<void> {
  await under.robot.act(nextSegment(under, 0, 0.4));
  await under.robot.stop("contract");
  const stoppedBy = under.robot.commandedAt(under.nowNs() + secondsToNs(STOP_S_MAX));
  assert.equal(maxAbs(stoppedBy.velocityRadPerS), 0);
  assert.equal(maxAbs(stoppedBy.accelerationRadPerS2), 0);
  await assert.rejects(under.robot.act(nextSegment(under, 1)), isRejection(/the arm is stopped \(contract\); resume first/));
  await under.robot.resume();
  const segment = nextSegment(under, 2);
  assert.equal((await under.robot.act(segment)).id, 2);
}

async function abortEnds(under: RobotUnderTest): Promise<void> {
  const aborting = new AbortController();
  let isComplete = false;
  under.robot.observe(aborting.signal).subscribe({ complete: () => (isComplete = true) });
  assert.equal(isComplete, false);
  aborting.abort();
  assert.equal(isComplete, true);
  under.robot
    .observe(aborting.signal)
    .subscribe({ next: () => assert.fail("observed after the abort"), complete: () => (isComplete = true) });
}

async function eventsInOrder(under: RobotUnderTest): Promise<void> {
  const events: SegmentEvent[] = [];
  under.robot.events.subscribe((event) => events.push(event));
  await under.robot.act(nextSegment(under, 0, 0.4));
  await until(under, () => events.length > 0);
  await under.robot.act(nextSegment(under, 1));
  await until(under, () => events.some((event) => event.segmentId === 1 && event.kind === "completed"));
  const told = events.map(({ segmentId, kind }) => `${segmentId} ${kind}`);
  // A real process may be kept from running for so long that the first segment has ended.
  const firstEnd = under.leadS > 0 && told.includes("0 completed") ? "0 completed" : "0 replaced";
  assert.deepEqual(told, ["0 started", firstEnd, "1 started", "1 completed"]);
  events.reduce((last, { atNs }) => {
    assert.ok(atNs >= last);
    return atNs;
  }, 0n);
}

async function grips(under: RobotUnderTest): Promise<void> {
  const { gripper, name } = under.robot.spec;
  const told = (openingM: number): GripperCommand => ({
    openingM,
    speedMPerS: gripper?.speedMaxMPerS ?? 0.1,
    forceN: (gripper?.forceMaxN ?? 10) / 2,
  });
  if (!gripper) {
    const refusal = isRejection(new RegExp(`robot "${name}": gripper: this robot has none that could open 0.02 m; leave the gripper out`));
    return await assert.rejects(under.robot.act({ ...nextSegment(under, 0), gripper: told(0.02) }), refusal);
  }
  let openingM = Number.NaN;
  under.robot.observe(new AbortController().signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints" && sample.joints.gripper) openingM = sample.joints.gripper.openingM;
    },
    error: () => {},
  });
  const { openingMinM, openingMaxM } = gripper;
  const toleranceM = (openingMaxM - openingMinM) / 20;
  for (const [id, wantedM] of [openingMaxM, openingMinM].entries()) {
    const { startNs } = await under.robot.act({ ...nextSegment(under, id), gripper: told(wantedM) });
    assert.deepEqual(under.robot.commandedAt(startNs + secondsToNs(2)).gripper, told(wantedM));
    const isThere = (): boolean => under.nowNs() > startNs && Math.abs(openingM - wantedM) < toleranceM;
    await until(under, isThere, () => `the gripper ${wantedM} m open, it felt ${openingM} m`);
  }
  const beyond = { ...nextSegment(under, 2), gripper: told(openingMaxM + 0.01) };
  await assert.rejects(under.robot.act(beyond), isRejection(/gripper: opening .* m is outside \[/));
}

/** From the commanded state a little further, starting as soon as this robot allows. */
function nextSegment({ robot, nowNs, leadS }: RobotUnderTest, id: number, durationS = 0.2): Segment {
  const startNs = nowNs() + secondsToNs(leadS);
  const from = robot.commandedAt(startNs);
  const toRad = from.positionRad.map((value, joint) => (joint === 0 ? value + CONTRACT_STEP_RAD : value));
  return quinticSegment({ id, startNs, from, toRad, durationS });
}

function collect({ robot }: RobotUnderTest, signal: AbortSignal): Sample[] {
  const samples: Sample[] = [];
  robot.observe(signal).subscribe({ next: (sample) => samples.push(sample), error: () => {} });
  return samples;
}

/** Passes time until it holds; `what` says in the end what was there instead. */
async function until(under: RobotUnderTest, holds: () => boolean, what = () => "what the rule waits for"): Promise<void> {
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    if (holds()) return;
    await under.pass();
  }
  assert.fail(`did not happen within ${PASSES_MAX} passes of time: ${what()}`);
}

const maxAbs = (values: Float64Array): number => Math.max(...values.map(Math.abs));
const isRejection = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AgentError);
  assert.equal(error.code, "robot.rejected");
  assert.match(error.message, message);
  return true;
};
