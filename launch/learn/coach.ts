/** A solver that lets teacher or student act, and notes what the teacher would have done. */
import type { Solver } from "../../runtime/core/planning.ts";
import type { Lesson } from "../../runtime/learn/practice.ts";

export interface Coach extends Solver {
  /** Ends the episode: its lessons are kept or forgotten. */
  endEpisode(keep: boolean): void;
}

/** `student` null: the teacher acts. The lessons of finished episodes are appended to `lessons`. */
export function createCoach(teacher: Solver, student: Solver | null, visualDim: number, lessons: Lesson[]): Coach {
  let episode: Lesson[] = [];
  return {
    name: student ? `${student.name} coached by ${teacher.name}` : teacher.name,
    budget: teacher.budget,
    async plan(request, rng, signal) {
      const shown = await teacher.plan(request, rng.fork(1), signal);
      const width = shown.actions.length / shown.horizon;
      episode.push({ latent: request.latent.slice(), goal: request.goal.slice(0, visualDim), action: shown.actions.slice(0, width) });
      return student ? student.plan(request, rng.fork(2), signal) : shown;
    },
    endEpisode(keep) {
      if (keep) lessons.push(...episode);
      episode = [];
    },
    async [Symbol.asyncDispose]() {}, // Teacher and student belong to who opened them.
  };
}
