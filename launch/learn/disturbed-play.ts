/** Episodes whose decisions are asked how much they were surprised; in some of them, from the middle on, something is wrong that only the pictures tell. */
import { concatMap, from } from "rxjs";
import { playTrial } from "../../runtime/assemble/play-trial.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import type { Sample } from "../../runtime/core/sensing.ts";
import type { Trial } from "../../runtime/core/trial.ts";
import { turned } from "../../runtime/disturb/of-samples.ts";
import { expectedNext } from "../../runtime/predict/expected.ts";
import { surprise, surpriseParts } from "../../runtime/predict/surprise.ts";
import type { Agent } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { skillsOf, trialSpecOf } from "../task-facts.ts";
import type { Surprised, Surprises } from "./monitors.ts";

/** In which decision a disturbance begins. */
export const FROM_DECISION = 8;
/**
 * A thing is put elsewhere while nobody looks, or taken away; the first camera is turned by six of its pixels, which is five degrees of the shipped ones; the arm
 * stays where it is, whatever it is told.
 */
export type DisturbanceName = "object moved by 12 cm" | "object taken away" | "camera turned by 6 px" | "arm blocked";
const SHIFT_M = 0.12;
const SHIFT_PX = 6;
/** Below the floor, where no camera sees it. */
const AWAY_M = -3;

/** Plays the episode of a seed, and gives the surprise of each decision that has one. */
export type Play = (seed: number, disturbance?: DisturbanceName) => Promise<Surprises>;

/** Throws AgentError `launch.invalid` for a task or a world without trials. */
export async function openPlay(agent: Agent, config: LaunchConfig, signal: AbortSignal): Promise<Play & AsyncDisposable> {
  const skill = skillsOf(config.task)[0];
  const trialSpec = trialSpecOf(config);
  const { opened, body, senses } = agent;
  const { world } = opened;
  if (!skill || !trialSpec || !world)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill that trials are drawn for in a simulated world; calibrate with a launch file whose task has one",
    );
  const brain = await agent.brain(skill, "image", false);
  const { proprioception } = brain.package.spec;
  const play: Play = async (seed, disturbance) => {
    const { trial } = agent.trial(seed);
    let decided = 0;
    const isOn = (what: DisturbanceName): boolean => disturbance === what && decided >= FROM_DECISION;
    const blocked = standstill();
    const changed = (sample: Sample): Sample => {
      if (isOn("arm blocked")) return blocked(sample);
      return sample.kind === "frame" && sample.frame.camera === config.cameras[0]?.name && isOn("camera turned by 6 px")
        ? { kind: "frame", frame: turned(sample.frame, SHIFT_PX) }
        : sample;
    };
    const robot: Robot = {
      ...opened.robot,
      observe: (until) => opened.robot.observe(until).pipe(concatMap((sample) => from([changed(sample)]))),
      async act(segment) {
        decided++;
        if (decided === FROM_DECISION && disturbance === "object moved by 12 cm")
          await opened.ask("put", elsewhere(trial, trialSpec.object ?? ""));
        if (decided === FROM_DECISION && disturbance === "object taken away")
          await opened.ask("put", { ...elsewhere(trial, trialSpec.object ?? ""), positionM: [0, 0, AWAY_M] });
        return opened.robot.act(segment);
      },
    };
    const { ticks } = await playTrial(
      {
        ...{ opened: { ...opened, robot }, world, trial, body, senses, stopwatch: new SystemClock(), rng: createRng(seed).fork(1) },
        ...{ decisionsMax: skill.limits.decisions, towards: ({ goalFrames }) => brain.towards({ kind: "image", frames: goalFrames }) },
      },
      signal,
    );
    const found: Surprised[] = [];
    const chance = createRng(seed).fork(2);
    for (const [i, { decision }] of ticks.entries()) {
      const before = ticks[i - 1]?.decision;
      const expected = decision.surprise !== null && before ? await expectedNext(before, brain.imagine) : null;
      if (!expected || !before) continue;
      const doubt = await brain.doubt(decision.latent, before.executedAction);
      const parts = surpriseParts(expected, decision.latent, proprioception.length, doubt);
      found.push({
        ...parts,
        error: surprise(expected, decision.latent),
        unchanged: surprise(before.latent, decision.latent),
        chance: chance.uniform(),
      });
    }
    return found;
  };
  return Object.assign(play, { [Symbol.asyncDispose]: () => brain[Symbol.asyncDispose]() });
}

/** To where it was at the start of the trial, and a good way to the side of it, towards the middle of the table. */
function elsewhere(
  { start }: Trial,
  thing: string,
): { readonly thing: string; readonly positionM: readonly number[]; readonly yawRad: number } {
  const { positionM, yawRad } = start.objects[thing]!;
  const [x, y, z] = positionM;
  return { thing, positionM: [x, y > 0 ? y - SHIFT_M : y + SHIFT_M, z], yawRad };
}

/** Whatever is told from now on is what was told first: so it is seen and felt where an arm stands still that should move. */
function standstill(): (sample: Sample) => Sample {
  const first = new Map<string, Sample>();
  return (sample) => {
    const of = sample.kind === "frame" ? `frame of ${sample.frame.camera}` : sample.kind;
    const was = first.get(of) ?? sample;
    first.set(of, was);
    if (sample.kind === "frame" && was.kind === "frame") return { kind: "frame", frame: { ...sample.frame, rgb: was.frame.rgb } };
    if (sample.kind === "joints" && was.kind === "joints")
      return {
        kind: "joints",
        joints: {
          ...sample.joints,
          positionRad: was.joints.positionRad,
          velocityRadPerS: new Float64Array(was.joints.velocityRadPerS.length),
        },
      };
    return sample;
  };
}
