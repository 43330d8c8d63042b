/** A solver that lets teacher or student act, and notes what the teacher would have done. */
import type { Solver } from "../../runtime/core/planning.ts";
import type { Lesson } from "../../runtime/learn/practice.ts";

export interface Coach extends Solver {
  /** Ends the episode; returns what it taught, a lesson a decision. */
  endEpisode(): readonly Lesson[];
}

/** `student` null: the teacher acts. */
export function createCoach(teacher: Solver, student: Solver | null, visualDim: number): Coach {
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
    endEpisode() {
      const taught = episode;
      episode = [];
      return taught;
    },
    async [Symbol.asyncDispose]() {}, // Teacher and student belong to who opened them.
  };
}
