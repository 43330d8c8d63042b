/** An arm kept in motion until something goes wrong, and how that was told. */
import assert from "node:assert/strict";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import { nsToMs, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { topicOf } from "../../sim/gazebo/names.ts";
import { clock, firstOf, type RealServer } from "./real-server.ts";

/** To either side: at most 14 rad/s2 on the way, whenever it turns round. */
const SWAY_RAD = 0.1;
const SEGMENT_S = 0.4;
/** A new segment replaces the running one at its fastest. */
const EVERY_S = 0.2;
const LEAD_S = 0.15;
const TOLD_WITHIN_MS = 60_000;
/** How long a keeper that was held up may refuse what was sent before it had braked. */
const STALL_MS = 1000;
const OF_A_STALL: ReadonlySet<string> = new Set(["robot.stalled", "robot.rejected", "plan.late"]);

export interface Told {
  readonly error: AgentError;
  /** From the first fault or refusal on our clock. */
  readonly atNs: bigint;
}

/** Moves the first joint to and fro by one segment after the other. `told` resolves with the first fault, or with what ended the samples or refused a segment. */
export function sway({ robot, clock: robotClock, mode }: OpenedRobot): { readonly told: Promise<Told>; moving(): Promise<void> } {
  const ended = new AbortController();
  let sent = 0;
  const next = (id: number): Segment => {
    const startNs = robotClock.nowNs() + (mode === "realtime" ? secondsToNs(LEAD_S) : 0n);
    const from = robot.commandedAt(startNs);
    const toRad = robot.spec.homeRad.map((homeRad, joint) => (joint === 0 ? homeRad + SWAY_RAD * (id % 2 ? -1 : 1) : homeRad));
    return quinticSegment({ id, startNs, from, toRad, durationS: SEGMENT_S });
  };
  const told = new Promise<Told>((resolve) => {
    let stalledNs: bigint | null = null;
    const tell = (error: unknown): void => {
      // A busy machine holds a keeper up: it brakes, says so and goes on, and what was on its way to it meanwhile is refused. That is not what is looked for.
      if (error instanceof AgentError && error.code === "robot.stalled") stalledNs = clock.nowNs();
      if (stalledNs !== null && nsToMs(clock.nowNs() - stalledNs) < STALL_MS && error instanceof AgentError && OF_A_STALL.has(error.code))
        return;
      ended.abort();
      if (error instanceof AgentError) resolve({ error, atNs: clock.nowNs() });
    };
    robot.faults?.subscribe(tell);
    robot.observe(new AbortController().signal).subscribe({ error: tell });
    void (async () => {
      while (!ended.signal.aborted) {
        await robot.act(next(sent++)).catch((error: unknown) => {
          if (!ended.signal.aborted) tell(error);
        });
        if (mode === "realtime") await clock.sleep(EVERY_S * 1e3, ended.signal).catch(() => {});
      }
    })();
  });
  const moving = async (): Promise<void> => {
    while (sent < 4 && !ended.signal.aborted) await clock.sleep(20);
    while (!ended.signal.aborted && Math.abs(robot.commandedAt(robotClock.nowNs()).velocityRadPerS[0]!) < 0.3) await clock.sleep(2);
  };
  return { told, moving };
}

/** Waits for what goes wrong after `cause`; prints when it was told, and checks its code and words. */
export async function detect(
  what: string,
  told: Promise<Told>,
  cause: () => Promise<unknown>,
  wanted: { readonly code: string; readonly message: RegExp },
): Promise<AgentError> {
  const fromNs = clock.nowNs();
  await cause();
  const waiting = new AbortController();
  const late = clock.sleep(TOLD_WITHIN_MS, waiting.signal).then(
    () => null,
    () => null,
  );
  const first = await Promise.race([told, late]);
  waiting.abort();
  assert.ok(first, `${what}: nothing was told within ${TOLD_WITHIN_MS} ms`);
  console.log(`${what}: ${first.error.code} after ${nsToMs(first.atNs - fromNs).toFixed(0)} ms: ${first.error.message}`);
  assert.equal(first.error.code, wanted.code);
  assert.match(first.error.message, wanted.message);
  return first.error;
}

const QUIET_S = 1;
/** At most 0.75 rad/s, braked within 0.4 s, and what was on its way. */
const ROLLED_RAD_MAX = 0.25;
const STILL_RAD_PER_S = 0.01;

/** Watches the joints in the simulator itself for a second of its time: they come to rest near where they were, and stay. */
export async function staysAtRest({ node }: RealServer, robot: OpenedRobot["robot"]): Promise<void> {
  const first: { simS: number; rad: number }[] = [];
  let speed = Number.POSITIVE_INFINITY;
  let furthestRad = 0;
  await firstOf<number>(
    `${QUIET_S} s of the arm's joints`,
    (simS) => simS > first[0]!.simS + QUIET_S,
    (hear) =>
      node.subscribe(topicOf.jointState(robot.spec.name), "Model", ({ header, joint }) => {
        const axis = joint.find(({ name }) => name === robot.spec.joints[0]!.name)?.axis1;
        const simS = Number(header!.stamp!.sec) + header!.stamp!.nsec / 1e9;
        if (first.length === 0) first.push({ simS, rad: axis!.position });
        furthestRad = Math.max(furthestRad, Math.abs(axis!.position - first[0]!.rad));
        speed = Math.abs(axis!.velocity);
        hear(simS);
      }),
  );
  console.log(`  then: rolled ${furthestRad.toFixed(4)} rad, ${speed.toFixed(5)} rad/s after ${QUIET_S} s`);
  assert.ok(furthestRad < ROLLED_RAD_MAX, `the first joint went on by ${furthestRad} rad`);
  assert.ok(speed < STILL_RAD_PER_S, `the first joint still moves at ${speed} rad/s`);
}
