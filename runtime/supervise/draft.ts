/** A snapshot on its way through one step: what it is so far, what was announced, and the time and setting that hold for the whole step. */
import { invariant } from "../core/errors.ts";
import type { Known } from "./check-task.ts";
import { changed, type Owner, type Times } from "./deadlines.ts";
import type { RunSnapshot, SkillRun, SupervisorSnapshot } from "./snapshot.ts";
import type { TimerChange } from "./statechart.ts";
import type { Intent } from "./supervisor-types.ts";
import type { Autonomy } from "./task-tree.ts";

/** What does not change while the supervisor lives. */
export interface Setting extends Known {
  /** The least that skills ask for. */
  readonly autonomy: Autonomy;
  /** Who ends a hold that a fault of arm, senses or bridge began. */
  readonly resume: "operator" | "self";
}

export class Draft {
  readonly setting: Setting;
  readonly nowMs: number;
  readonly intents: Intent[] = [];
  #snapshot: SupervisorSnapshot;

  constructor(setting: Setting, snapshot: SupervisorSnapshot, nowMs: number) {
    this.setting = setting;
    this.nowMs = nowMs;
    this.#snapshot = snapshot;
  }

  get snapshot(): SupervisorSnapshot {
    return this.#snapshot;
  }

  get times(): Times {
    return { nowMs: this.nowMs, heldSinceMs: this.#snapshot.heldSinceMs };
  }

  /** The task in hand. */
  get run(): RunSnapshot {
    const { run } = this.#snapshot;
    invariant(run !== null, "a skill runs only within a task");
    return run;
  }

  put(changes: Partial<SupervisorSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes, nowMs: this.nowMs };
  }

  announce(intent: Intent): void {
    this.intents.push(intent);
  }

  setTimers(owner: Owner, changes: readonly TimerChange[]): void {
    if (changes.length > 0) this.put({ deadlines: changed(this.#snapshot.deadlines, owner, changes, this.times) });
  }

  skillAt(path: string): SkillRun | undefined {
    return this.#snapshot.run?.skills.find((each) => each.path === path);
  }

  putSkill(skill: SkillRun): void {
    this.put({ run: { ...this.run, skills: this.run.skills.map((each) => (each.path === skill.path ? skill : each)) } });
  }
}
