/** A whole running loop in virtual time: real senses, guards, stream, supervisor and runTask around a two-joint arm whose sensors and planner can be made to fail. */
import { Subject } from "rxjs";
import { createLockstepRobot } from "../../runtime/act/lockstep-robot.ts";
import { type Rehearsal, rehearse } from "../../runtime/assemble/disturb.ts";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import { lockstepPace } from "../../runtime/assemble/pace.ts";
import { runTask, type SkillParts, type TaskResult } from "../../runtime/assemble/run-task.ts";
import { ManualClock, nsToSeconds, SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, type ErrorCode } from "../../runtime/core/errors.ts";
import type { Guard } from "../../runtime/core/guarding.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import type { Plan } from "../../runtime/core/planning.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Observation, Sample } from "../../runtime/core/sensing.ts";
import type { Skill } from "../../runtime/core/skill.ts";
import type { Reaction } from "../../runtime/core/supervision.ts";
import type { Tick } from "../../runtime/core/tick.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { disturbanceOf } from "../../runtime/disturb/catalogue.ts";
import type { FaultSpec } from "../../runtime/disturb/fault.ts";
import { memoryless } from "../../runtime/encode/memoryless.ts";
import { floats, type TensorData } from "../../runtime/graph/tensor-data.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { standardGuards } from "../../runtime/guard/standard-guards.ts";
import { flatSubgoal } from "../../runtime/plan/flat-subgoal.ts";
import { senseDefaults } from "../../runtime/sense/sense-item.ts";
import type { SupervisorSnapshot } from "../../runtime/supervise/snapshot.ts";
import { createSupervisor } from "../../runtime/supervise/supervisor.ts";
import type { Supervisor } from "../../runtime/supervise/supervisor-types.ts";
import type { TaskNode } from "../../runtime/supervise/task-tree.ts";
import { createFakeWorld, twoJointSpec } from "./kinematic-arm.ts";

export const PERIOD_S = 0.2;
const STEP_RAD = 0.05;
/** The shoulder starts at 0.1 rad; ten full steps bring it to the goal, which counts as metres. */
const GOAL_RAD = 0.6;

const go: Skill = {
  name: "go",
  description: "Turns the shoulder to 0.6 rad.",
  axes: ["x"],
  toolHeightM: null,
  goals: ["tool"],
  terms: { tool: [{ term: "effort", weight: 1, unit: "1" }] },
  constraints: [],
  success: { tool: { test: "tool-within", threshold: 0.02, unit: "m", steps: 2 } },
  limits: { decisions: 200, timeoutS: 100 },
};
export const GO: TaskNode = { skill: "go", goal: { kind: "tool", positionM: [0, 0, 0] }, retries: 2 };

/** What goes wrong, and when: times in seconds of the virtual clock. */
export interface Script {
  readonly task?: TaskNode;
  /** What a process that was killed left, and what this one leaves. */
  readonly left?: SupervisorSnapshot | null;
  readonly keep?: (snapshot: SupervisorSnapshot) => void;
  readonly distort?: (sample: Sample, timeS: number) => readonly Sample[];
  /** May throw, let time pass, or never answer. */
  readonly plan?: (timeS: number, clock: ManualClock, signal: AbortSignal | undefined) => void | Promise<void>;
  readonly encode?: (timeS: number) => void;
  readonly prepare?: (attempt: number, observation: Observation | null, signal: AbortSignal) => void | Promise<void>;
  /** What goes wrong, from the catalogue of faults that users have; seconds of the virtual clock. */
  readonly faults?: readonly FaultSpec[];
  /** Refuses motions while it answers. */
  readonly refuse?: (timeS: number) => string | null;
  readonly act?: (timeS: number) => void;
  /** Called before every decision and at every pass of a period. */
  readonly every?: (timeS: number, hands: Hands) => void;
  /** The run waits to be told, as one with a page or a ROS node does: called once, after it has booted. */
  readonly whenTold?: (hands: Hands) => void;
}

/** What a person or the world may do in the middle of a run. */
export interface Hands {
  readonly supervisor: Supervisor;
  readonly robotFaults: Subject<AgentError>;
  readonly sensors: Subject<Sample>;
  readonly aborting: AbortController;
}

export type Happening =
  | { readonly what: "state"; readonly timeS: number; readonly agent: string; readonly reason: string }
  | { readonly what: "leave"; readonly timeS: number; readonly path: string; readonly result: string }
  | {
      readonly what: "fault";
      readonly timeS: number;
      readonly code: ErrorCode | null;
      readonly reaction: Reaction;
      readonly message: string;
    }
  | { readonly what: "act" | "stop" | "resume" | "prepare"; readonly timeS: number };

export interface Played extends TaskResult {
  /** In the order it happened. */
  readonly happenings: readonly Happening[];
  readonly ticks: readonly Tick[];
  /** Every command to the arm: when, and the greatest joint speed, rad/s. */
  readonly commands: readonly { readonly timeS: number; readonly speedRadPerS: number }[];
  readonly shoulderRad: number;
  /** As the run left it. */
  readonly supervisor: Supervisor;
}

/** Runs the task to its end. Bugs throw, as they do out of `runTask`. */
export async function playTask(script: Script): Promise<Played> {
  const clock = new ManualClock();
  const timeS = (): number => nsToSeconds(clock.nowNs());
  const happenings: Happening[] = [];
  const commands: { timeS: number; speedRadPerS: number }[] = [];
  const ticks: Tick[] = [];
  const hands = { robotFaults: new Subject<AgentError>(), sensors: new Subject<Sample>(), aborting: new AbortController() };
  const lockstep = createLockstepRobot({
    spec: twoJointSpec,
    driver: scriptedWorld(script, timeS, commands),
    clock,
    lastGuard,
    initialRad: twoJointSpec.homeRad,
    periodS: PERIOD_S,
  });
  const log = (what: "act" | "stop" | "resume" | "prepare"): void => void happenings.push({ what, timeS: timeS() });
  const robot: Robot & { ask(): Promise<never> } = {
    ...lockstep,
    faults: hands.robotFaults,
    async act(segment) {
      log("act");
      script.act?.(timeS());
      return lockstep.act(segment);
    },
    async stop(reason) {
      log("stop");
      return lockstep.stop(reason);
    },
    async resume() {
      log("resume");
      return lockstep.resume();
    },
    ask: async () => {
      throw new Error("nobody asks");
    },
  };
  const every = (): void => script.every?.(timeS(), { ...hands, supervisor });
  const pass = async (): Promise<void> => {
    every();
    await lockstep.pass();
  };
  const names = { cameras: ["front"], joints: twoJointSpec.joints.map(({ name }) => name) };
  using rehearsal = rehearse(disturbanceOf(script.faults ?? [], names));
  const opened: OpenedRobot = rehearsal.opened({
    robot,
    clock,
    mode: script.whenTold ? "realtime" : "lockstep",
    world: null,
    ask: robot.ask,
    pace: (observations) => lockstepPace({ observations, pass, latencyMs: 0 }),
  });
  const keep = rehearsal.keep(script.keep ?? (() => {}));
  const supervisor = createSupervisor({ clock: opened.clock, skills: { go }, task: script.task ?? GO, left: script.left ?? null, keep });
  supervisor.faults.subscribe(({ error, decision }) => {
    const code = error instanceof AgentError ? error.code : null;
    happenings.push({ what: "fault", timeS: timeS(), code, reaction: decision.reaction, message: String(error) });
  });
  supervisor.states.subscribe(({ agent, reason }) => {
    const last = happenings.findLast((each) => each.what === "state");
    if (last?.what !== "state" || last.agent !== agent || last.reason !== reason)
      happenings.push({ what: "state", timeS: timeS(), agent, reason });
  });
  supervisor.intents.subscribe((intent) => {
    if (intent.type === "leave-skill") happenings.push({ what: "leave", timeS: timeS(), path: intent.path, result: intent.result });
  });
  let attempt = 0;
  if (script.whenTold) setImmediate(() => script.whenTold?.({ ...hands, supervisor }));
  const result = await runTask({
    ends: script.whenTold ? "when-told" : "with-task",
    opened,
    supervisor,
    senses: { ...senseDefaults, cameras: [{ name: "front", widthPx: 2, heightPx: 1 }], joints: twoJointSpec.joints },
    stopwatch: new SystemClock(),
    signal: hands.aborting.signal,
    onTick: (tick) => ticks.push(tick),
    async prepare(_, __, observation, signal) {
      log("prepare");
      await script.prepare?.(attempt++, observation, signal);
      return partsOf(script, clock, every, rehearsal);
    },
  });
  return { ...result, happenings, ticks, commands, supervisor, shoulderRad: lockstep.commandedAt(clock.nowNs()).positionRad[0]! };
}

/** One camera whose picture is another at every look, as a moving scene's is. */
function scriptedWorld({ distort }: Script, timeS: () => number, commands: { timeS: number; speedRadPerS: number }[]) {
  const world = createFakeWorld(twoJointSpec);
  let pictures = 0;
  return {
    ...world,
    step(command: Parameters<typeof world.step>[0], dtS: number): void {
      commands.push({ timeS: timeS(), speedRadPerS: Math.max(...command.velocityRadPerS.map(Math.abs)) });
      world.step(command, dtS);
    },
    samplesNow(stampNs: bigint): readonly Sample[] {
      const rgb = Uint8Array.of(1, 2, 3, 4, pictures >> 8, pictures++ & 255);
      const frame: Sample = { kind: "frame", frame: { camera: "front", widthPx: 2, heightPx: 1, rgb, stampNs, receivedNs: stampNs } };
      const all = [...world.samplesNow(stampNs), frame];
      return distort ? all.flatMap((sample) => distort(sample, timeS())) : all;
    },
  };
}

/** The latent is where the shoulder is; the plan is a step towards the goal. */
function partsOf(script: Script, clock: ManualClock, every: () => void, rehearsal: Rehearsal): SkillParts {
  const timeS = (): number => nsToSeconds(clock.nowNs());
  const toolAt = (positionRad: Float64Array): Vec3 => [positionRad[0]!, positionRad[1]!, 0.2];
  const refuse: Guard = {
    name: "refuses",
    check(segment) {
      const why = script.refuse?.(timeS()) ?? null;
      return why === null ? { kind: "pass", segment } : { kind: "stop", why: [why] };
    },
  };
  const standard = standardGuards({
    joints: twoJointSpec.joints,
    freshness: { observationAgeMsMax: 400, sourceAgeMsMax: 400, planAgeMsMax: 400, futureMsMax: 20 },
    workspace: { minM: [-3, -3, 0.1], maxM: [3, 3, 0.3], tableZM: 0, tableClearanceM: 0.01 },
    keepOut: [],
  });
  return {
    rng: createRng(1),
    periodS: PERIOD_S,
    goal: { latent: Float32Array.of(GOAL_RAD), positionM: [0, 0, 0] },
    toolAt,
    imagine: async (latent) => latent,
    judge: async (latent) => ({ criticCost: null, toolToGoalM: Math.abs(GOAL_RAD - latent[0]!), objectToGoalM: null }),
    believer: memoryless({
      async encode({ joints }) {
        every();
        script.encode?.(timeS());
        return encoded(rehearsal, joints.positionRad[0]!);
      },
    }),
    subgoal: flatSubgoal,
    solver: {
      name: "one step",
      budget: { samples: 1, iterations: 1, horizon: 1, deadlineMs: 100 },
      async plan({ latent }, _, signal) {
        await script.plan?.(timeS(), clock, signal);
        return planOf(Math.min(1, Math.max(-1, (GOAL_RAD - latent[0]!) / STEP_RAD)));
      },
      async [Symbol.asyncDispose]() {},
    },
    actuate: segments(),
    actionBetween: (start, end) => Float32Array.of((end.positionRad[0]! - start.positionRad[0]!) / STEP_RAD),
    guard: {
      name: "scripted",
      check(segment, situation) {
        const verdict = refuse.check(segment, situation);
        return verdict.kind === "stop" ? verdict : standard.check(segment, situation);
      },
    },
    imaginedToolM: () => new Float32Array(3),
  };
}

/** Through a session, as a model's answer comes; what is no number is refused, as by the runtime's own encoder. */
async function encoded(rehearsal: Rehearsal, rad: number): Promise<Float32Array> {
  const run = async (): Promise<Record<string, TensorData>> => ({ latent: floats(Float32Array.of(rad), [1]) });
  const session = rehearsal.session({
    modelHash: "",
    provider: "cpu",
    fallbackReason: null,
    inputs: [],
    outputs: [],
    run,
    async [Symbol.asyncDispose]() {},
  });
  const { latent } = await session.run({});
  const value = Number(latent!.data[0]);
  if (!Number.isFinite(value))
    throw new AgentError("model.not-finite", `tiny encoder: latent entry 0 is ${value}, must be finite; check the input, then the weights`);
  return Float32Array.of(value);
}

let nextId = 0;
const segments =
  (): SkillParts["actuate"] =>
  (action, from, startNs): Segment => {
    const toRad = from.positionRad.map((value, joint) => (joint === 0 ? value + action[0]! * STEP_RAD : value));
    return quinticSegment({ id: nextId++, startNs, from, toRad, durationS: PERIOD_S });
  };

const planOf = (action: number): Plan => ({
  actions: Float32Array.of(action),
  predicted: new Float32Array(1),
  horizon: 1,
  cost: 0,
  costTerms: {},
  violation: 0,
  stats: { modelCalls: 1, iterations: 1, samples: 1, eliteCostMean: 0 },
});
