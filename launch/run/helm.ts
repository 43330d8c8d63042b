/** Who has the arm in hand during a run: the supervisor, the desk where everybody commands, the hand that jogs, and what stops an arm that is touched or surprised. */
import { createContact } from "../../runtime/assemble/contact.ts";
import { createDesk } from "../../runtime/assemble/desk.ts";
import type { FanOut } from "../../runtime/assemble/fan-out.ts";
import { watchFingers } from "../../runtime/assemble/fingers.ts";
import { createHoldToRun } from "../../runtime/assemble/hold-to-run.ts";
import { toldAt } from "../../runtime/core/instant.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import type { Sample } from "../../runtime/core/sensing.ts";
import { createSupervisor } from "../../runtime/supervise/supervisor.ts";
import { skills } from "../../skills/index.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Agent } from "../compose.ts";
import { heedSurprise, usualSurpriseOf } from "./heed-surprise.ts";
import { keeping, sayWhereItWas } from "./kept-state.ts";
import { askRecorder, createRecorderPort } from "./recorder-port.ts";
import type { Scene } from "./scene.ts";
import type { Party, RunIo } from "./words.ts";

/** Who slows the arm down after a surprise. */
const SURPRISE = "surprise";

export interface HelmOptions {
  readonly blueprint: Blueprint;
  readonly agent: Agent;
  readonly scene: Scene;
  readonly io: RunIo;
  readonly tell: FanOut["tell"];
}

export type Helm = ReturnType<typeof takeHelm>;

export function takeHelm({ blueprint, agent, scene, io, tell }: HelmOptions) {
  const { config } = blueprint;
  const { opened, body } = agent;
  const { task, goals, autonomy } = config;
  const { state } = scene;
  const supervisor = createSupervisor({
    ...{ clock: opened.clock, skills, task, goals, autonomy },
    resume: backendOf(config).facts.resume,
    left: state?.left ?? null,
    ...keeping(state, agent.rehearsal),
  });
  if (scene.goesOn) sayWhereItWas(supervisor, io.say);
  const contact = contactOf();
  const fingers =
    opened.mode === "replay"
      ? null
      : watchFingers({ ...opened, state: () => supervisor.state, onFault: (error) => void supervisor.fault(error) });
  const onStop = (): void => contact?.forgo();
  io.signal.addEventListener("abort", onStop, { once: true });
  const recorder = createRecorderPort();
  const desk = createDesk({
    ...{ supervisor, body, ages: config.guards, urgent: config.urgent, onStop },
    onRecord: (who, wish) => askRecorder(recorder, who, wish),
    recording: () => recorder.states.value,
    onGoal(frames) {
      scene.goalFrames = frames;
      tell("goal", { kind: "image", frames });
    },
    onOrder(order) {
      if (order.who !== SURPRISE) tell("instant", toldAt(order, opened.clock.nowNs())); // That one arises again from the decisions.
    },
  });
  const jog =
    opened.mode === "realtime"
      ? createHoldToRun({ ...opened, body, onMotion, state: () => supervisor.state, refusal: (who) => desk.refusal(who, "resume") })
      : null;
  return {
    supervisor,
    desk,
    recorder,
    jog,
    /** Told of every sample. */
    sample(sample: Sample): void {
      contact?.sample(sample);
      fingers?.(sample);
    },
    /** To be called at rest after a stop: gives way where the arm was touched. */
    backOff: async (): Promise<void> => contact?.backOff(),
    /** Told of every decision. */
    heed: heedSurprise(usualSurpriseOf(blueprint), supervisor, (share) => desk.limitSpeed(SURPRISE, share)),
    [Symbol.dispose]: () => supervisor[Symbol.dispose](),
  };

  /** What no decision sent. */
  function onMotion(segment: Segment): void {
    tell("instant", { kind: "overridden", atNs: opened.clock.nowNs(), segment });
  }

  function contactOf() {
    const { mode } = opened;
    const { contact: limits } = config.guards;
    if (!limits || mode === "replay") return null; // What a recording tells has been followed already.
    return createContact({
      ...{ ...opened, ...limits, mode, body, state: () => supervisor.state },
      onMotion,
      onContact: (error) => void supervisor.fault(error),
    });
  }
}

/** As the taps of a run see it. */
export function partyOf({ supervisor, desk, recorder, jog }: Helm, { opened }: Agent, ends: Party["ends"]): Party {
  const { clock, ask, keeper = null } = opened;
  return { desk, supervisor, clock, recorder, jog, ask, keeper, ends };
}
