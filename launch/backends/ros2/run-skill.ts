/** The task action: a ROS user sends a skill with its goal, and hears of progress, result and cancellation; carried out by the supervisor like any task. */
import type { RosNode } from "../../../runtime/bridge/ros2/node.ts";
import { type RunSkillGoalMsg, readSkillGoal, type SkillGoal } from "../../../runtime/bridge/ros2/skill-goal.ts";
import { toTimeMsg } from "../../../runtime/bridge/ros2/time.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import type { SupervisorState } from "../../../runtime/core/supervision.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import type { Intent } from "../../../runtime/supervise/supervisor-types.ts";
import type { GoalSpec, TaskNode } from "../../../runtime/supervise/task-tree.ts";
import type { Party } from "../../run/words.ts";

export interface SkillActionOptions {
  readonly ros: RosNode;
  readonly cameras: readonly CameraSpec[];
  /** The launch file's task: what a goal without a skill, or without a goal of its own, means. */
  readonly task: TaskNode;
  /** Null while the node is not configured. */
  readonly party: () => Party | null;
  readonly warn: (text: string) => void;
}

/** Answers until the node is disposed of; the returned function wants every Tick. */
export function serveRunSkill(options: SkillActionOptions): (tick: Tick) => void {
  const { ros, party, warn } = options;
  const { rcl } = ros.library;
  let progress: ((tick: Tick) => void) | null = null;
  const server = new rcl.ActionServer(
    ros.node,
    "foresight_msgs/action/RunSkill",
    "~/run_skill",
    async (handle) => {
      const open = party();
      if (!open) return endedWith("failed", "the node was cleaned up", null, 0);
      const { supervisor, desk } = open;
      let last: Tick | null = null;
      let decisions = 0;
      progress = (tick) => {
        last = tick;
        decisions++;
        if (!handle.isCancelRequested) handle.publishFeedback(feedbackOf(ros, supervisor.state, tick, decisions));
      };
      const ended = finishOf(supervisor);
      const refused = desk.command("ros", "start");
      if (refused !== null) {
        handle.abort(); // An urgent task came between, or a stop.
        return endedWith("failed", refused, null, 0);
      }
      const { result, reason } = await ended;
      await restOf(supervisor);
      progress = null;
      if (handle.isCancelRequested) {
        desk.command("ros", "reset"); // Who cancels a task stops it, not the agent.
        handle.canceled();
      } else if (result === "succeeded") handle.succeed();
      else handle.abort();
      return endedWith(result, reason, last, decisions);
    },
    (message) => {
      const why = begin(message as RunSkillGoalMsg, options);
      if (why !== null) warn(`run_skill: goal refused, ${why}`);
      return why === null ? rcl.GoalResponse.ACCEPT : rcl.GoalResponse.REJECT;
    },
    null,
    () => {
      party()?.desk.command("ros", "stop");
      return rcl.CancelResponse.ACCEPT;
    },
  );
  ros.onDispose(() => server.destroy());
  return (tick) => progress?.(tick);
}

/** Gives the supervisor its task; why not, or null. */
function begin(message: RunSkillGoalMsg, { cameras, task, party }: SkillActionOptions): string | null {
  const open = party();
  if (!open) return "the node is not configured";
  const why = open.desk.refusal("ros", "start");
  if (why !== null) return why;
  if (open.supervisor.state.agent !== "idle") return `the agent is ${open.supervisor.state.agent}`;
  const reading = readSkillGoal(message, cameras);
  if (reading.kind === "refused") return reading.why;
  const wanted = taskFor(reading.skill, reading.goal, task);
  if (typeof wanted === "string") return wanted;
  const refused = open.desk.assign("ros", reading.timeoutS === null ? wanted : { timeout: wanted, timeoutS: reading.timeoutS });
  if (refused === null && reading.goal.kind === "image") open.desk.giveGoal("ros", reading.goal.frames);
  return refused;
}

/** A goal as a task of the supervisor, or why there is none. */
function taskFor(skill: string, goal: SkillGoal, launched: TaskNode): TaskNode | string {
  if (goal.kind !== "launch") return skill === "" ? "names no skill" : { skill, goal: specOf(goal), retries: 0 };
  if (skill === "" || ("skill" in launched && launched.skill === skill)) return launched;
  return `skill "${skill}" needs a goal of its own: the launch file has another task`;
}

/** Pictures that came with a goal stand for those that a simulated world gives. */
function specOf(goal: Exclude<SkillGoal, { kind: "launch" }>): GoalSpec {
  if (goal.kind === "image") return { kind: "image", source: "simulator" };
  if (goal.kind === "here") return goal;
  const positionM: [number, number, number] = [...goal.positionM];
  return goal.kind === "tool" ? { kind: "tool", positionM } : { kind: "object", positionM };
}

const finishOf = ({ intents }: Party["supervisor"]): Promise<Extract<Intent, { type: "finish" }>> =>
  new Promise((resolve) => {
    const subscription = intents.subscribe((intent) => {
      if (intent.type !== "finish") return;
      subscription.unsubscribe();
      resolve(intent);
    });
  });

/** A stop ends the task before the arm is at rest. */
const restOf = ({ states }: Party["supervisor"]): Promise<void> =>
  new Promise((resolve) => {
    const subscription = states.subscribe({
      next({ agent }) {
        if (agent === "stopping" || agent === "running") return;
        queueMicrotask(() => subscription.unsubscribe());
        resolve();
      },
      complete: () => resolve(),
    });
  });

const distanceM = ({ decision: { measures } }: Tick): number => measures.toolToGoalM ?? measures.objectToGoalM ?? Number.NaN;

function feedbackOf({ node }: RosNode, { skills }: SupervisorState, tick: Tick, decisions: number): object {
  const [x, y, z] = tick.decision.toolM;
  return {
    stamp: toTimeMsg(node.now().nanoseconds),
    state: skills[0]?.state ?? "",
    decisions,
    progress: skills[0]?.progress ?? 0,
    tool_m: { x, y, z },
    distance_m: distanceM(tick),
  };
}

const endedWith = (outcome: string, reason: string, last: Tick | null, decisions: number): object => ({
  outcome,
  reason,
  decisions,
  distance_left_m: last === null ? Number.NaN : distanceM(last),
});
