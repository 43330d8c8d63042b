/** Takes an attempt of a skill down while it goes on: what will be its episode. */
import type { Latent } from "../core/planning.ts";
import type { Skill, SuccessSpec } from "../core/skill.ts";
import type { Tick } from "../core/tick.ts";
import { DECISIONS_MAX, type Episode } from "../remember/episode.ts";
import { judge } from "../supervise/progress.ts";

export interface AttemptOptions {
  readonly modelHash: string;
  readonly goal: Latent;
  readonly skill: Pick<Skill, "name">;
  /** Whether it came to its goal is the agent's own opinion: nobody tells a real arm more. */
  readonly success: SuccessSpec;
}

export interface Attempt {
  add(decision: Tick["decision"]): void;
  /** Null where there is nothing to learn from: no decision was made. */
  episode(): Episode | null;
}

export function takeDown({ modelHash, goal, skill, success }: AttemptOptions): Attempt {
  const decisions: Tick["decision"][] = [];
  return {
    add(decision) {
      decisions.push(decision);
      if (decisions.length > DECISIONS_MAX) decisions.shift();
    },
    episode() {
      const last = decisions.at(-1);
      if (!last) return null;
      return {
        modelHash,
        goal,
        succeeded: judge(skill.name, success, last.measures, null).met,
        latents: joined(decisions.map(({ latent }) => latent)),
        actions: joined(decisions.map(({ executedAction }) => executedAction)),
      };
    },
  };
}

/** Rows of one length, one after the other. */
function joined(rows: readonly Float32Array[]): Float32Array {
  const size = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * size);
  for (const [row, values] of rows.entries()) all.set(values, row * size);
  return all;
}
