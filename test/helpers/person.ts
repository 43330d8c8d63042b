/** Somebody at the desk of a run: does one thing after the other, each as soon as it is time, and again until it is taken. */
import type { OpenTap, Party } from "../../launch/run/words.ts";
import type { Frame } from "../../runtime/core/sensing.ts";

/** What a person sees of the run. */
export interface Sight extends Pick<Party, "desk" | "jog"> {
  readonly agent: string;
  readonly ticks: number;
  /** The newest picture of every camera. */
  readonly frames: readonly Frame[];
}

/** `say` answers null or undefined when done. */
export type Deed = readonly [isTime: (sight: Sight) => boolean, say: (sight: Sight) => unknown];

export const person =
  (deeds: readonly Deed[]): OpenTap =>
  ({ desk, jog }) => {
    const left = [...deeds];
    const frames = new Map<string, Frame>();
    let agent = "booting";
    let ticks = 0;
    return {
      name: "person",
      state: (state) => {
        agent = state.agent;
      },
      tick: () => void ticks++,
      sample(sample) {
        if (sample.kind === "frame") frames.set(sample.frame.camera, sample.frame);
        const sight = { desk, jog, agent, ticks, frames: [...frames.values()] };
        const [isTime, say] = left[0] ?? [];
        if (isTime?.(sight) && (say?.(sight) ?? null) === null) left.shift();
      },
    };
  };
