/** Several guards as one: every guard agrees with the segment that is finally let through, and nothing escapes as an exception. */
import type { Guard, Situation, Verdict } from "../core/guarding.ts";
import type { Segment } from "../core/motion.ts";

/**
 * Runs the guards in order; each checks what the ones before it let through. Reasons are collected and start with the guard's name.
 * After a clip, the last guard that clipped and all before it check the final segment once more; any objection then is a stop.
 */
export function chain(guards: readonly Guard[], name = "guards"): Guard {
  return { name, check: (segment, situation) => checkAll(guards, segment, situation) };
}

function checkAll(guards: readonly Guard[], segment: Segment, situation: Situation): Verdict {
  let current = segment;
  let lastClip = -1;
  const why: string[] = [];
  for (const [index, guard] of guards.entries()) {
    const verdict = checkSafely(guard, current, situation);
    if (verdict.kind !== "pass") why.push(...verdict.why.map((reason) => `${guard.name}: ${reason}`));
    if (verdict.kind === "stop") return { kind: "stop", why };
    if (verdict.kind === "clip") {
      current = verdict.segment;
      lastClip = index;
    }
  }
  if (lastClip < 0) return { kind: "pass", segment };
  // SAFETY: guards after the last clip have seen the final segment already; the others have not.
  for (const guard of guards.slice(0, lastClip + 1)) {
    const verdict = checkSafely(guard, current, situation);
    if (verdict.kind !== "pass") {
      return { kind: "stop", why: [...why, ...verdict.why.map((reason) => `${guard.name}, after the clip: ${reason}`)] };
    }
  }
  return { kind: "clip", why, segment: current };
}

/** SAFETY: a guard that breaks is a stop, so that a bug in one can never let a segment through nor end the loop. */
function checkSafely(guard: Guard, segment: Segment, situation: Situation): Verdict {
  try {
    const verdict = guard.check(segment, situation);
    if (verdict.kind === "pass") return { kind: "pass", segment };
    if (verdict.kind === "clip" || verdict.kind === "stop") return verdict;
    return { kind: "stop", why: [`answered with an unknown verdict ${JSON.stringify(verdict)}`] };
  } catch (error) {
    return { kind: "stop", why: [`failed with "${error instanceof Error ? error.message : String(error)}"; this is a bug in the guard`] };
  }
}
