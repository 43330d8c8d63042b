/** The states of a managed ROS 2 node and what leads from one to the next (design.ros2.org/articles/node_lifecycle.html). rclnodejs has one too, but its transitions cannot take time. */

/** Ids of lifecycle_msgs/State. */
export const STATES = { unconfigured: 1, inactive: 2, active: 3, finalized: 4 } as const;
export type LifecycleState = keyof typeof STATES;
const PASSING = { configuring: 10, cleaningup: 11, shuttingdown: 12, activating: 13, deactivating: 14, errorprocessing: 15 } as const;
type Passing = keyof typeof PASSING;

/** SUCCESS, FAILURE (stays where it was) and ERROR (goes to error processing). */
export type Outcome = "success" | "failure" | "error";

export interface LifecycleStep {
  /** Id of lifecycle_msgs/Transition; its results have ids `resultId` and the two behind it. */
  readonly id: number;
  readonly label: "configure" | "cleanup" | "activate" | "deactivate" | "shutdown";
  readonly from: LifecycleState;
  readonly by: Passing;
  readonly to: LifecycleState;
  readonly resultId: number;
}

export const STEPS: readonly LifecycleStep[] = [
  { id: 1, label: "configure", from: "unconfigured", by: "configuring", to: "inactive", resultId: 10 },
  { id: 2, label: "cleanup", from: "inactive", by: "cleaningup", to: "unconfigured", resultId: 20 },
  { id: 3, label: "activate", from: "inactive", by: "activating", to: "active", resultId: 30 },
  { id: 4, label: "deactivate", from: "active", by: "deactivating", to: "inactive", resultId: 40 },
  { id: 5, label: "shutdown", from: "unconfigured", by: "shuttingdown", to: "finalized", resultId: 50 },
  { id: 6, label: "shutdown", from: "inactive", by: "shuttingdown", to: "finalized", resultId: 50 },
  { id: 7, label: "shutdown", from: "active", by: "shuttingdown", to: "finalized", resultId: 50 },
];
const ON_ERROR_ID = 60;
const OUTCOMES: readonly Outcome[] = ["success", "failure", "error"];

/** What is done at a step; a throw counts as "error". `error` cleans up: success leads to unconfigured, anything else to finalized. */
export type LifecycleHandlers = Readonly<Record<LifecycleStep["label"] | "error", () => Promise<Outcome>>>;

/** As lifecycle_msgs/State and /Transition. */
export interface IdLabel {
  readonly id: number;
  readonly label: string;
}

export interface TransitionEvent {
  readonly transition: IdLabel;
  readonly from: IdLabel;
  readonly to: IdLabel;
}

export interface Lifecycle {
  readonly state: IdLabel;
  readonly available: readonly LifecycleStep[];
  /** By id, or by label where one is given. False when it is not possible now, is under way already, or did not succeed. */
  change(transition: IdLabel): Promise<boolean>;
}

export function createLifecycle(handlers: LifecycleHandlers, onEvent: (event: TransitionEvent) => void): Lifecycle {
  let state: LifecycleState = "unconfigured";
  let passing: Passing | null = null;
  const outcomeOf = async (handler: () => Promise<Outcome>): Promise<Outcome> => {
    try {
      return await handler();
    } catch {
      return "error"; // The handler has told why.
    }
  };
  const available = (): readonly LifecycleStep[] => (passing === null ? STEPS.filter((step) => step.from === state) : []);
  const enter = (to: Passing | LifecycleState, transition: IdLabel): void => {
    const from = describe(passing ?? state);
    if (to in PASSING) passing = to as Passing;
    else [state, passing] = [to as LifecycleState, null];
    onEvent({ transition, from, to: describe(to) });
  };
  return {
    get state() {
      return describe(passing ?? state);
    },
    get available() {
      return available();
    },
    async change({ id, label }) {
      const step = available().find((each) => (label ? each.label === label : each.id === id));
      if (!step) return false;
      enter(step.by, step);
      const outcome = await outcomeOf(handlers[step.label]);
      const result = (at: number): IdLabel => ({ id: at + OUTCOMES.indexOf(outcome), label: `transition_${outcome}` });
      if (outcome === "success") enter(step.to, result(step.resultId));
      // A node that was told to shut down does not stay.
      else if (outcome === "failure") enter(step.label === "shutdown" ? "finalized" : step.from, result(step.resultId));
      else {
        enter("errorprocessing", result(step.resultId));
        const cleaned = await outcomeOf(handlers.error);
        const end = { id: ON_ERROR_ID + OUTCOMES.indexOf(cleaned), label: `transition_${cleaned}` };
        enter(cleaned === "success" ? "unconfigured" : "finalized", end);
      }
      return outcome === "success";
    },
  };
}

export const describe = (state: LifecycleState | Passing): IdLabel => ({ id: { ...STATES, ...PASSING }[state], label: state });

/** Every state there is, for get_available_states. */
export const allStates = (): readonly IdLabel[] =>
  [...(Object.keys(STATES) as LifecycleState[]), ...(Object.keys(PASSING) as Passing[])].map(describe);
