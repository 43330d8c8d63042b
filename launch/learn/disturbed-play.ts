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
import type { Agent } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { skillsOf, trialSpecOf } from "../task-facts.ts";

/** In which decision a disturbance begins. */
export const FROM_DECISION = 8;
/** A thing is put elsewhere while nobody looks; the first camera is turned by six of its pixels, which is five degrees of the shipped ones. */
export type DisturbanceName = "object moved by 12 cm" | "camera turned by 6 px";
const SHIFT_M = 0.12;
const SHIFT_PX = 6;

/** Plays the episode of a seed, and gives the surprise of each decision that has one. */
export type Play = (seed: number, disturbance?: DisturbanceName) => Promise<number[]>;

/** Throws AgentError `launch.invalid` for a task or a world without trials. */
export async function openPlay(agent: Agent, config: LaunchConfig, signal: AbortSignal): Promise<Play & AsyncDisposable> {
  const skill = skillsOf(config.task)[0];
  const trialSpec = trialSpecOf(config);
  const { opened, body, senses } = agent;
  const { world } = opened;
  if (!skill || !trialSpec || !world)
    throw new AgentError(
      "launch.invalid",
      "task: names no skill that trials are drawn for in a simulated world; surprise is calibrated there",
    );
  const brain = await agent.brain(skill, "image", false);
  const play: Play = async (seed, disturbance) => {
    const { trial } = agent.trial(seed);
    let decided = 0;
    const isOn = (what: DisturbanceName): boolean => disturbance === what && decided >= FROM_DECISION;
    const changed = (sample: Sample): Sample =>
      sample.kind === "frame" && sample.frame.camera === config.cameras[0]?.name && isOn("camera turned by 6 px")
        ? { kind: "frame", frame: turned(sample.frame, SHIFT_PX) }
        : sample;
    const robot: Robot = {
      ...opened.robot,
      observe: (until) => opened.robot.observe(until).pipe(concatMap((sample) => from([changed(sample)]))),
      async act(segment) {
        decided++;
        if (decided === FROM_DECISION && disturbance === "object moved by 12 cm")
          await opened.ask("put", elsewhere(trial, trialSpec.object ?? ""));
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
    return ticks.flatMap(({ decision: { surprise } }) => (surprise === null ? [] : [surprise]));
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
