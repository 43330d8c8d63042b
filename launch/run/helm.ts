/** Who has the arm in hand during a run: the supervisor, the desk where everybody commands, the hand that jogs, and what stops an arm that is touched or surprised. */
import { createContact } from "../../runtime/assemble/contact.ts";
import { createDesk } from "../../runtime/assemble/desk.ts";
import type { FanOut } from "../../runtime/assemble/fan-out.ts";
import { createHoldToRun } from "../../runtime/assemble/hold-to-run.ts";
import { createSupervisor } from "../../runtime/supervise/supervisor.ts";
import { skills } from "../../skills/index.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Agent } from "../compose.ts";
import { heedSurprise, usualSurpriseOf } from "./heed-surprise.ts";
import { keeping, sayWhereItWas } from "./kept-state.ts";
import type { Scene } from "./scene.ts";
import type { Party, RunIo } from "./words.ts";

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
  const onStop = (): void => contact?.forgo();
  io.signal.addEventListener("abort", onStop, { once: true });
  const desk = createDesk({
    ...{ supervisor, body, ages: config.guards, urgent: config.urgent, onStop },
    onGoal(frames) {
      scene.goalFrames = frames;
      tell("goal", { kind: "image", frames });
    },
    onCommand: (who, command) => tell("instant", { kind: "commanded", atNs: opened.clock.nowNs(), who, command }),
  });
  const jog =
    opened.mode === "realtime"
      ? createHoldToRun({ ...opened, body, state: () => supervisor.state, refusal: (who) => desk.refusal(who, "resume") })
      : null;
  return {
    supervisor,
    desk,
    jog,
    /** Null where nothing is followed from a touch. */
    contact,
    /** Told of every decision. */
    heed: heedSurprise(usualSurpriseOf(blueprint), supervisor, (share) => desk.limitSpeed("surprise", share)),
    [Symbol.dispose]: () => supervisor[Symbol.dispose](),
  };

  function contactOf() {
    const { mode } = opened;
    const { contact: limits } = config.guards;
    if (!limits || mode === "replay") return null; // What a recording tells has been followed already.
    return createContact({
      ...{ ...opened, ...limits, mode, body, state: () => supervisor.state },
      onContact: (error) => void supervisor.fault(error),
    });
  }
}

/** As the taps of a run see it. */
export function partyOf({ supervisor, desk, jog }: Helm, { opened }: Agent, ends: Party["ends"]): Party {
  const { clock, ask, keeper = null } = opened;
  return { desk, supervisor, clock, recorder: { saveLast: null }, jog, ask, keeper, ends };
}
