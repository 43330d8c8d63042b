/** What a run finds before it begins: its world with the trial that is set up there, the place in the task that was kept, and how the goal looks. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Posture, TrialSpec, WorldState } from "../../runtime/core/trial.ts";
import type { StateFile } from "../../runtime/supervise/state-file.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import type { Agent } from "../compose.ts";
import { trialNameOf } from "../task-facts.ts";
import { goalState, judgedGoal } from "./judged-goal.ts";
import { openState } from "./kept-state.ts";
import type { OpenTap } from "./words.ts";

export interface Scene {
  /** Null where none is kept. */
  readonly state: StateFile | null;
  /** The world is as a task left it that was interrupted. */
  readonly goesOn: boolean;
  /** As the goal looks now; empty for a goal by position. Who shows another one puts it here. */
  goalFrames: readonly Frame[];
  /** How its trials are judged; null where none are drawn. */
  readonly spec: TrialSpec | null;
  /** Where a goal has the world; null where nobody knows, as of a picture that somebody showed. */
  stateAt(goal: GoalSpec): (Posture & WorldState) | null;
  /** Who looks on because of where the robot is. */
  readonly taps: readonly OpenTap[];
  /** By the world's truth now, and what counts as success; null where nobody knows, as after somebody showed another goal. */
  judged(): Promise<{ readonly errorM: number | null; readonly successM: number | null }>;
}

/** Throws AgentErrors of the kept state and of the world. */
export async function setScene({ config }: Blueprint, agent: Agent, say: (line: string) => void): Promise<Scene> {
  const { opened } = agent;
  const backend = backendOf(config);
  const drawn = backend.facts.world && trialNameOf(config) !== null ? agent.trial(backend.facts.world.seed) : null;
  const { trial, spec: trialSpec } = drawn ?? { trial: null, spec: null };
  const state = opened.mode === "replay" ? null : openState(config, { skills, goals: config.goals }, say);
  const goesOn = (state?.left?.run ?? null) !== null;
  const isNew = trial && opened.world && !goesOn;
  const goalFrames = isNew ? (await opened.world.reset(trial)).goalFrames : (opened.replay?.goalFrames ?? []);
  const goal = trial && trialSpec && judgedGoal(config, trialSpec, trial);
  const scene: Scene = {
    state,
    goesOn,
    goalFrames,
    spec: trialSpec,
    stateAt: (asked) => (trial && trialSpec && isAsDrawn() ? goalState(asked, trialSpec, trial) : null),
    taps: backend.taps(opened, trial, trialSpec),
    async judged() {
      const truth = goal && opened.world && isAsDrawn() ? await opened.world.truth().catch(unlessLost) : null;
      return { errorM: goal && truth && trialSpec ? trialSpec.errorM(truth, goal) : null, successM: trialSpec?.successM ?? null };
    },
  };
  return scene;

  function isAsDrawn(): boolean {
    return scene.goalFrames === goalFrames;
  }
}

/** Why a robot was lost stands in the result; where its world was then nobody can tell any more. */
function unlessLost(error: unknown): null {
  if (error instanceof AgentError && error.code === "robot.lost") return null;
  throw error;
}
