/** The moments of a run in real time: from the instants that were recorded to a robot on which its decisions are made again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { recordedPace } from "../../../launch/backends/replay/recorded-pace.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Segment } from "../../../runtime/core/motion.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { atRest, quinticSegment } from "../../../runtime/core/segment.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import { anyPlaceAt, createMomentRobot } from "../../../runtime/record/moment-robot.ts";
import { createMoments } from "../../../runtime/record/moments.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";

const MS = 1_000_000n;
const chance = createRng(1).state();
const home = Float64Array.from(twoJointSpec.homeRad);
const seen = (stampMs: bigint) => ({ frames: [{ camera: "front", stampNs: stampMs * MS }], jointsNs: stampMs * MS });
const begun = (ms: bigint, stampMs = ms - 10n) =>
  ({ kind: "begun", atNs: ms * MS, effectNs: (ms + 150n) * MS, chance, ...seen(stampMs) }) as const;
const judged = (ms: bigint) => ({ kind: "judged", atNs: ms * MS, candidates: 64 }) as const;
const late = { kind: "failed", atNs: 900n * MS, code: "plan.late", message: "40 ms late" } as const;
const moved = (id: number, startMs: bigint, toRad: number): Segment =>
  quinticSegment({ id, startNs: startMs * MS, from: atRest(home), toRad: home.map((value) => value + toRad), durationS: 0.2 });

/** A reading and a picture every 50 ms from 50 ms on; received 5 ms later. */
const samples: Sample[] = Array.from({ length: 40 }, (_, at) => 50n * BigInt(at + 1) * MS).flatMap((stampNs): Sample[] => {
  const stamps = { stampNs, receivedNs: stampNs + 5n * MS };
  return [
    { kind: "joints", joints: { positionRad: home, velocityRadPerS: new Float64Array(2), ...stamps } },
    { kind: "frame", frame: { camera: "front", widthPx: 1, heightPx: 1, rgb: Uint8Array.of(1, 2, 3), ...stamps } },
  ];
});

/** What was recorded, and the robot and the pace that it becomes. */
function replayed(record: (moments: ReturnType<typeof createMoments>) => void, kept = { seed: true, planner: true }) {
  const read = createMoments();
  record(read);
  const { moments, overrides, prepared } = read;
  const recording = { samples, moments, overrides, prepared, events: read.events(() => []) };
  const clock = new ManualClock();
  const over = new AbortController();
  const robot = createMomentRobot({ spec: twoJointSpec, recording, clock, periodS: 0.2 });
  const pace = recordedPace({ recording, robot, clock, kept, onOver: () => over.abort() });
  const unwanted = new AbortController();
  const { signal } = unwanted;
  return { pace, robot, clock, unwanted, over: over.signal, next: () => pace.next(signal) };
}

test("each decision is made at its instant, on what it looked at and not on what was newest", async () => {
  const { pace, clock, next } = replayed((moments) => {
    for (const ms of [210n, 410n]) {
      moments.instant(begun(ms, 150n));
      moments.instant(judged(ms + 60n));
      moments.decided(null, (ms + 61n) * MS);
    }
  });
  const first = await next();
  assert.deepEqual([first?.stampNs, first?.receivedNs, clock.nowNs()], [150n * MS, 155n * MS, 210n * MS]);
  const again = pace.again!();
  assert.deepEqual([again.candidates, again.chance, pace.effectNs(first!)], [64, chance, 360n * MS]);
  again.elapse();
  assert.equal(clock.nowNs(), 270n * MS);
  await next();
  assert.equal(clock.nowNs(), 410n * MS);
});

test("a plan that came too late comes too late again, with the same words; one that failed before it was a plan is not made", async () => {
  const { pace, next } = replayed((moments) => {
    moments.instant(begun(210n));
    moments.instant(judged(800n));
    moments.instant(late);
    moments.instant(begun(1010n));
    moments.instant({ ...late, code: "session.failed", message: "crashed" });
  });
  await next();
  assert.deepEqual(pace.again!().failure, new AgentError("plan.late", "40 ms late"));
  await next();
  assert.throws(() => pace.again!(), new AgentError("session.failed", "crashed"));
  await next();
  assert.throws(() => pace.again!(), { code: "robot.lost", message: /it ends after 2 moments/ });
});

test("a hold is lived through at its own instants, and ends by itself where the recording has none", async () => {
  const { pace, clock, next } = replayed((moments) => {
    moments.instant({ kind: "held", atNs: 210n * MS, ...seen(200n) });
    moments.instant(begun(410n));
    moments.instant(judged(420n));
    moments.decided(null, 421n * MS);
  });
  assert.equal((await next())?.stampNs, 200n * MS);
  assert.equal((await next())?.stampNs, 400n * MS);
  await next(); // It holds although it decided then: time goes on.
  assert.equal(clock.nowNs(), 610n * MS);
  assert.equal(pace.again!().candidates, 64);
});

test("a decision that was given up, or that the end cut off, is none", () => {
  const moments = createMoments();
  moments.instant(begun(210n));
  moments.instant(judged(220n));
  moments.instant(begun(410n));
  moments.decided(null, 420n * MS); // Not judged: the recording lost it.
  moments.instant(begun(610n));
  assert.deepEqual(
    moments.moments.map(({ atNs, decision }) => [atNs, decision?.judged]),
    [[410n * MS, null]],
  );
});

test("what another seed or planner would have decided takes neither chance nor candidates from the recording", async () => {
  const { pace, next } = replayed(
    (moments) => {
      moments.instant(begun(210n));
      moments.instant(judged(220n));
      moments.decided(null, 221n * MS);
    },
    { seed: false, planner: false },
  );
  await next();
  const { candidates, chance: told } = pace.again!();
  assert.deepEqual([candidates, told], [Number.MAX_SAFE_INTEGER, undefined]);
});

test("what is commanded is what was: brakes at their time, and the recorded motion in the place of another", async () => {
  const sent = moved(1, 360n, 0.1);
  const brake = { ...moved(-1, 260n, 0), id: -1 };
  const { robot, pace, next } = replayed((moments) => {
    moments.instant(begun(210n));
    moments.instant(judged(230n));
    moments.instant({ kind: "overridden", atNs: 270n * MS, segment: brake });
    moments.decided(sent, 280n * MS);
    moments.instant({ kind: "overridden", atNs: 420n * MS, segment: { ...brake, startNs: 415n * MS } });
    moments.instant(begun(510n));
  });
  await next();
  pace.again!().elapse();
  const told = moved(1, 360n, 0.3);
  assert.equal(await robot.act(told), told);
  const restRad = (): number => robot.commandedAt(2000n * MS).positionRad[0]! - home[0]!;
  assert.ok(Math.abs(restRad() - 0.1) < 1e-9, "the brake came before the motion was taken, so the motion holds");
  robot.playUntil(anyPlaceAt(430n * MS));
  assert.equal(restRad(), 0, "the second brake came after");
});

test("what senses and arm found wrong is told at its time, what a decision failed with only there", async () => {
  const stale = new AgentError("sense.stale", "camera is late");
  const { robot, next } = replayed((moments) => {
    moments.instant(begun(210n));
    moments.fault(stale, 250n * MS);
    moments.instant({ ...late, code: "robot.stalled", message: "braked" });
    moments.fault(new AgentError("robot.stalled", "braked"), 901n * MS);
    moments.fault(new AgentError("guard.stop", "refused"), 902n * MS);
  });
  const told: AgentError[] = [];
  robot.faults?.subscribe((error) => told.push(error));
  await next();
  assert.deepEqual(told, []);
  robot.playUntil(anyPlaceAt(2000n * MS));
  assert.deepEqual(told, [stale]);
});

test("what somebody commanded is commanded at its time: a hold before it is shown what it saw while it held, a resume with it", async () => {
  const { robot, pace, next } = replayed((moments) => {
    moments.instant(begun(210n));
    moments.instant(judged(220n));
    moments.decided(null, 221n * MS);
    moments.instant({ kind: "commanded", atNs: 300n * MS, who: "page", command: "hold" });
    moments.instant({ kind: "held", atNs: 410n * MS, ...seen(400n) });
    moments.instant({ kind: "commanded", atNs: 500n * MS, who: "page", command: "resume" });
    moments.instant({ kind: "held", atNs: 610n * MS, ...seen(600n) });
    moments.instant(begun(810n));
  });
  const told: string[] = [];
  robot.orders.subscribe((order) => told.push(order.kind === "commanded" ? order.command : order.kind));
  const shown = async () => [Number((await next())?.stampNs ?? 0n) / 1e6, [...told]];
  assert.deepEqual(await shown(), [200, []]);
  pace.again!().elapse();
  assert.deepEqual(await shown(), [0, ["hold"]]);
  assert.deepEqual(await shown(), [400, ["hold"]]);
  assert.deepEqual(await shown(), [600, ["hold", "resume"]]);
});

test("what somebody told is told at its time, and where another task comes of it the next moment is not for the one before", async () => {
  const { robot, pace, clock, unwanted, next } = replayed((moments) => {
    moments.instant(begun(210n));
    moments.instant(judged(220n));
    moments.decided(null, 221n * MS);
    moments.instant({ kind: "called", atNs: 300n * MS, who: "page", name: "park" });
    moments.instant({ kind: "prepared", atNs: 390n * MS });
    moments.instant(begun(410n));
    moments.instant(judged(420n));
    moments.decided(null, 421n * MS);
  });
  const told: string[] = [];
  robot.orders.subscribe(({ who, kind }) => told.push(`${who} ${kind} at ${clock.nowNs() / MS}`));
  await next();
  pace.again!().elapse();
  assert.deepEqual(told, []);
  robot.orders.subscribe(() => unwanted.abort());
  assert.equal(await next(), null);
  assert.deepEqual(told, ["page called at 300"]);
  assert.equal(clock.nowNs(), 300n * MS, "nothing more has passed: another task may begin before the next decision");
  pace.prepared!();
  assert.equal(clock.nowNs(), 390n * MS);
  assert.equal((await pace.next(new AbortController().signal))?.stampNs, 400n * MS);
});

test("in a world that waits, where all of a decision is at one instant, what was told is told between the same steps of the agent", async () => {
  const at = 210n;
  const sent = moved(1, at, 0.1);
  const brake = { ...moved(-1, at, 0), id: -1 };
  const said = (command: "hold" | "resume" | "stop") => ({ kind: "commanded", atNs: at * MS, who: "page", command }) as const;
  const { robot, pace, next } = replayed((moments) => {
    moments.instant({ kind: "prepared", atNs: at * MS });
    moments.instant(said("hold"));
    moments.instant(begun(at));
    moments.instant(said("resume"));
    moments.instant(judged(at));
    moments.decided(sent, at * MS);
    moments.instant(said("stop"));
    moments.instant({ kind: "overridden", atNs: at * MS, segment: brake });
    moments.instant(begun(at + 200n));
  });
  const told: string[] = [];
  robot.orders.subscribe((order) => told.push(order.kind === "commanded" ? order.command : order.kind));
  const restRad = (): number => robot.commandedAt(2000n * MS).positionRad[0]! - home[0]!;
  pace.prepared!();
  assert.deepEqual(told, []);
  await next();
  assert.deepEqual(told, ["hold"], "before it begins");
  pace.again!().elapse();
  assert.deepEqual(told, ["hold", "resume"], "while it is thought");
  await robot.act(sent);
  assert.deepEqual(told, ["hold", "resume"], "not with its motion");
  assert.ok(Math.abs(restRad() - 0.1) < 1e-9, "nor braked before it");
  await next();
  assert.deepEqual(told, ["hold", "resume", "stop"]);
  assert.equal(restRad(), 0);
});

test("an attempt of a skill begins when it could begin then, and between tasks time passes until nothing is left", async () => {
  const { robot, pace, clock, over } = replayed((moments) => {
    moments.instant({ kind: "commanded", atNs: 100n * MS, who: "page", command: "start" });
    moments.instant({ kind: "prepared", atNs: 190n * MS });
    moments.instant(begun(210n));
  });
  const told: string[] = [];
  robot.orders.subscribe(({ kind }) => told.push(`${kind} at ${clock.nowNs() / MS}`));
  assert.equal(clock.nowNs(), 100n * MS, "it begins with what was told first");
  await pace.rest!(new AbortController().signal);
  assert.deepEqual(told, ["commanded at 100"]);
  pace.prepared!();
  assert.equal(clock.nowNs(), 190n * MS);
  for (let steps = 0; steps < 300 && !over.aborted; steps++) await pace.rest!(new AbortController().signal);
  assert.ok(over.aborted);
  assert.equal(robot.isOver, true);
});

test("a recording of another arm is refused", () => {
  const [reading] = samples;
  const other = [
    { ...reading, joints: { ...(reading as Extract<Sample, { kind: "joints" }>).joints, positionRad: new Float64Array(3) } },
  ] as Sample[];
  const recording = { samples: other, moments: [], overrides: [], prepared: [], events: [] };
  assert.throws(() => createMomentRobot({ spec: twoJointSpec, recording, clock: new ManualClock(), periodS: 0.2 }), {
    code: "launch.invalid",
    message: /recording has 3 joints, robot ".*" has 2 joints/,
  });
});
