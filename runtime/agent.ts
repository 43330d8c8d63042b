/** The decision loop: sense, believe, foresee, plan, guard, act. The only place in the runtime where the stages meet. */
import { from, type Observable } from "rxjs";
import { type Clock, NS_PER_MS, nsToMs, nsToSeconds, secondsToNs } from "./core/clock.ts";
import { AgentError } from "./core/errors.ts";
import type { Guard, Situation } from "./core/guarding.ts";
import { type Instant, seenIn } from "./core/instant.ts";
import type { JointCommand, Segment } from "./core/motion.ts";
import type { Aim, Believer, Latent, MovedSince, Plan, PlanRequest, Solver, Subgoal } from "./core/planning.ts";
import { late, refusal } from "./core/refusal.ts";
import type { Rng, RngState } from "./core/rng.ts";
import type { Robot } from "./core/robot.ts";
import type { Observation } from "./core/sensing.ts";
import type { Measures } from "./core/skill.ts";
import type { Tick } from "./core/tick.ts";
import type { Vec3 } from "./core/vec3.ts";
import { surprise } from "./predict/surprise.ts";

/** How decisions follow one another: on the clock in real time, on the world's next picture in lockstep. */
export interface Pace {
  /** The observation of the next decision, or null when there is none that is newer; waits one decision period at most. */
  next(signal: AbortSignal): Promise<Observation | null>;
  /** Lets a decision period pass without a new segment. */
  idle(signal: AbortSignal): Promise<void>;
  /** Between tasks; absent where time passes by itself, or as in `idle`. */
  rest?(signal: AbortSignal): Promise<void>;
  /** Of a recording: lets pass what passed until this attempt of a skill could begin. */
  prepared?(): void;
  /** When a segment decided on this observation takes effect, on the robot's clock. */
  effectNs(observation: Observation): bigint;
  /** Of a recording: how its next decision, which begins now, was made. Throws what that one failed with before it had a motion. */
  again?(): Again;
}

/** What a decision that is made again takes from the one that was recorded, beside what was seen. */
export interface Again {
  /** Absent where the solver or its chance is another than it was. */
  readonly candidates?: number | undefined;
  readonly chance?: RngState | undefined;
  /** What was remembered then; absent: nothing. */
  readonly offered?: readonly Float32Array[] | undefined;
  /** Lets pass what passed while that one was thought. */
  elapse(): void;
  /** What came of its motion where that was not sent. */
  readonly failure: AgentError | null;
}

/** What the supervisor allows and is told; the loop obeys, it never decides. */
export interface Oversight {
  permit(): "act" | "look" | "hold" | "end";
  decided(tick: Tick): void;
  /** Needed where `permit` may answer "look": how far the goal is, which is the question then; nothing moves. */
  looked?(measures: Measures): void;
  /** An observation arrived while holding: nothing was wrong with it. */
  healthy(): void;
  fault(error: AgentError): void;
}

export interface AgentParts {
  readonly robot: Robot;
  /** The robot's clock: stamps and ages. Virtual in lockstep. */
  readonly clock: Clock;
  /** Measures how long the stages take, for the timing half of a Tick only. */
  readonly stopwatch: Clock;
  readonly rng: Rng;
  readonly pace: Pace;
  /** Reset when the decisions begin: they are one attempt. */
  readonly believer: Believer;
  /** One imagined step; action of shape (actionDim), normalised. */
  readonly imagine: (latent: Latent, action: Float32Array, signal?: AbortSignal) => Promise<Latent>;
  readonly solver: Solver;
  /** Action sequences of shape (horizon, actionDim) that were of use before, for the planner to judge; absent: nothing is remembered. */
  readonly recall?: ((latent: Latent, goal: Latent, signal?: AbortSignal) => Promise<readonly Float32Array[]>) | undefined;
  /** How far the goal is from a latent, by what the agent itself perceives. */
  readonly judge: (latent: Latent, signal?: AbortSignal) => Promise<Measures>;
  readonly goal: Aim;
  readonly subgoal: Subgoal;
  /** Ids increase over the life of the robot. */
  readonly actuate: (action: Float32Array, from: JointCommand, startNs: bigint) => Segment;
  /** The action that a commanded motion amounts to, shape (actionDim). */
  readonly actionBetween: (start: JointCommand, end: JointCommand) => Float32Array;
  readonly guard: Guard;
  readonly toolAt: (positionRad: Float64Array) => Vec3;
  /** Imagined tool points of a plan, shape (horizon, 3), metres. */
  readonly imaginedToolM: (plan: Plan) => Float32Array;
  readonly oversight: Oversight;
  readonly periodS: number;
  /** How much the latent of a decision surprises after the one before; absent: how far it is from what that one's plan imagined. */
  readonly surprise?: ((before: Tick["decision"], seen: Latent, signal?: AbortSignal) => Promise<number>) | undefined;
  /** A surprise above this is told to the planner; absent, none is. */
  readonly surpriseMax?: number | undefined;
  /** Who records; must not throw. */
  readonly onInstant?: ((instant: Instant) => void) | undefined;
}

/** Runs until the supervisor ends it, the signal aborts or a bug throws; every decision is one Tick. Whoever subscribes only looks. */
export function runAgent(parts: AgentParts, signal: AbortSignal): Observable<Tick> {
  return from(decisions(parts, signal));
}

/** The same as an async iterator: the next decision is made when it is asked for. */
export async function* decisions(parts: AgentParts, signal: AbortSignal): AsyncGenerator<Tick, void, undefined> {
  const { oversight, pace } = parts;
  let previous: Tick | null = null;
  parts.believer.reset();
  for (let index = 0; !signal.aborted && oversight.permit() !== "end"; ) {
    if (oversight.permit() === "hold") {
      previous = null;
      await pace.idle(signal);
      const observation = await pace.next(signal);
      if (observation === null) continue;
      parts.onInstant?.({ kind: "held", atNs: parts.clock.nowNs(), ...seenIn(observation) });
      oversight.healthy();
      continue;
    }
    const observation = await pace.next(signal);
    if (observation === null) continue;
    try {
      if (oversight.permit() === "look") {
        parts.onInstant?.({ kind: "looked", atNs: parts.clock.nowNs(), ...seenIn(observation) });
        const { latent } = await parts.believer.update(observation, undefined, movedBefore(parts, observation));
        oversight.looked?.(await parts.judge(latent));
        await pace.idle(signal);
        continue;
      }
      const tick: Tick = await decide(parts, observation, previous, index, signal);
      previous = tick.decision.segment === null ? null : tick; // What was not done cannot be shifted over.
      index++;
      if (tick.decision.verdict === "stop") oversight.fault(refusal(tick));
      else oversight.decided(tick);
      yield tick;
      if (tick.decision.segment === null) await pace.idle(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof AgentError)) throw error;
      previous = null;
      parts.onInstant?.({ kind: "failed", atNs: parts.clock.nowNs(), code: error.code, message: error.message });
      oversight.fault(error);
      await pace.idle(signal);
    }
  }
}

/** One observation in, one record of what was done out. */
async function decide(
  parts: AgentParts,
  observation: Observation,
  previous: Tick | null,
  index: number,
  signal: AbortSignal,
): Promise<Tick> {
  const { robot, clock, stopwatch, believer, solver, guard } = parts;
  const again = parts.pace.again?.();
  if (again?.chance) parts.rng.restore(again.chance);
  const planMadeNs = clock.nowNs();
  const startedNs = stopwatch.nowNs();
  const effectNs = parts.pace.effectNs(observation);
  parts.onInstant?.({ kind: "begun", atNs: planMadeNs, effectNs, chance: parts.rng.state(), ...seenIn(observation) });
  const commanded = robot.commandedAt(effectNs);

  const belief = await believer.update(observation, signal, movedBefore(parts, observation));
  const latent = await foresee(parts, belief.latent, observation, commanded, signal);
  const encodedNs = stopwatch.nowNs();

  const measures = await parts.judge(belief.latent, signal);
  const goal = await parts.subgoal(belief, parts.goal, signal);
  const expected = previous && expectedAt(effectNs, previous, parts.periodS);
  const surprised = expected && previous && (await (parts.surprise?.(previous.decision, latent, signal) ?? surprise(expected, latent)));
  const before = previous?.decision.plan ?? null;
  const offered = (again ? again.offered : await parts.recall?.(latent, goal.latent, signal)) ?? [];
  const request: PlanRequest = {
    ...{ latent, goal: goal.latent, goalPositionM: goal.positionM, warmStart: shifted(before), kept: keptOf(before) },
    isSurprised: surprised !== null && !(surprised <= (parts.surpriseMax ?? Number.POSITIVE_INFINITY)), // One that is no number is one.
    ...(again?.candidates === undefined ? {} : { candidates: again.candidates }),
    ...(offered.length === 0 ? {} : { offered }),
  };
  const plan = await solver.plan(request, parts.rng, signal);
  const action = plan.actions.slice(0, plan.actions.length / plan.horizon);
  const plannedNs = stopwatch.nowNs();

  again?.elapse(); // Somebody may have slowed it down meanwhile.
  const segment = parts.actuate(action, commanded, effectNs);
  if (again?.failure) throw again.failure;
  const judgedNs = clock.nowNs();
  parts.onInstant?.({ kind: "judged", atNs: judgedNs, candidates: plan.stats.samples, ...(offered.length === 0 ? {} : { offered }) });
  const verdict = guard.check(segment, situationOf(parts, observation, commanded, { effectNs, planMadeNs, judgedNs }));
  const guardedNs = stopwatch.nowNs();

  signal.throwIfAborted(); // A stop may have arrived while planning: nothing acts after it.
  const lateMs = nsToMs(judgedNs - effectNs);
  if (verdict.kind !== "stop" && lateMs > 0) throw late(index, lateMs);
  const mayAct = verdict.kind !== "stop" && parts.oversight.permit() === "act";
  const sent = mayAct ? await robot.act(verdict.segment) : null;
  const end = robot.commandedAt(effectNs + secondsToNs(parts.periodS));
  return {
    decision: {
      index,
      stampNs: observation.stampNs,
      jointsRad: observation.joints.positionRad,
      toolM: parts.toolAt(observation.joints.positionRad),
      latent,
      plan,
      action,
      verdict: verdict.kind,
      why: verdict.kind === "pass" ? [] : verdict.why,
      segment: sent,
      executedAction: parts.actionBetween(commanded, end),
      imaginedToolM: parts.imaginedToolM(plan),
      measures,
      surprise: surprised,
    },
    timing: {
      encodeMs: nsToMs(encodedNs - startedNs),
      planMs: nsToMs(plannedNs - encodedNs),
      guardMs: nsToMs(guardedNs - plannedNs),
      decisionMs: nsToMs(guardedNs - startedNs),
      observationAgeMs: nsToMs(planMadeNs - observation.receivedNs),
    },
  };
}

/** What was commanded from any instant to the observation. */
const movedBefore =
  ({ robot, actionBetween }: AgentParts, { stampNs }: Observation): MovedSince =>
  (sinceNs) =>
    actionBetween(robot.commandedAt(sinceNs), robot.commandedAt(stampNs));

/** The latent at the moment the plan takes effect: what was seen, moved on by what is commanded until then (pushing is slow: displacement counts, not time). */
async function foresee(
  parts: AgentParts,
  seen: Latent,
  observation: Observation,
  commanded: JointCommand,
  signal: AbortSignal,
): Promise<Latent> {
  const seenAt = parts.robot.commandedAt(observation.stampNs);
  const underWay = parts.actionBetween(seenAt, commanded);
  const still = parts.actionBetween(seenAt, seenAt); // A switch that stays as it is is no motion.
  return underWay.some((value, i) => Math.abs(value - still[i]!) > 0.01) ? parts.imagine(seen, underWay, signal) : seen;
}

/** What the decision before imagined of this instant; null where its motion was another than it planned, or another decision's time has passed. */
function expectedAt(effectNs: bigint, { decision: { plan, segment, verdict, latent } }: Tick, periodS: number): Latent | null {
  if (plan === null || segment === null || verdict !== "pass") return null;
  const offS = Math.abs(nsToSeconds(effectNs - segment.startNs) - periodS);
  return offS < periodS / 4 ? plan.predicted.subarray(0, latent.length) : null;
}

/** The previous plan as a first guess: its first action is done, its last is repeated. */
function shifted(plan: Plan | null): Float32Array | null {
  if (!plan) return null;
  const actionDim = plan.actions.length / plan.horizon;
  const guess = plan.actions.slice();
  guess.copyWithin(0, actionDim);
  return guess;
}

/** What a planner with subgoals goes on from: it keeps nothing of its own, so a hold, a fault and a new goal leave nothing behind. */
const keptOf = (plan: Plan | null): NonNullable<PlanRequest["kept"]> | null =>
  plan?.subgoal ? { subgoal: plan.subgoal, decisions: plan.subgoalDecisions ?? 1 } : null;

function situationOf(
  { robot, toolAt }: AgentParts,
  observation: Observation,
  commanded: JointCommand,
  { effectNs, planMadeNs, judgedNs }: { readonly effectNs: bigint; readonly planMadeNs: bigint; readonly judgedNs: bigint },
): Situation {
  const restNs = effectNs + secondsToNs(REST_S_MAX);
  return {
    nowNs: judgedNs,
    observationReceivedNs: observation.receivedNs,
    observationStampNs: observation.stampNs,
    planMadeNs,
    commanded,
    restRad: robot.commandedAt(restNs).positionRad,
    restInS: restInS(robot, commanded, effectNs),
    toolAt,
  };
}

/** Every segment is at rest this long after any instant of it. */
const REST_S_MAX = 0.4;

/** Seconds from `effectNs` until what is accepted so far is at rest, to a hundredth. */
function restInS(robot: Robot, commanded: JointCommand, effectNs: bigint): number {
  if (commanded.velocityRadPerS.every((velocity) => velocity === 0)) return 0;
  for (let waitedMs = 10; waitedMs < REST_S_MAX * 1e3; waitedMs += 10) {
    const state = robot.commandedAt(effectNs + BigInt(waitedMs) * NS_PER_MS);
    if (state.velocityRadPerS.every((velocity) => velocity === 0)) return waitedMs / 1e3;
  }
  return REST_S_MAX;
}
