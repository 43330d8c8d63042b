/** Moves an arm by FollowJointTrajectory goals: each new segment replaces the running goal; every refusal, abort, silence and endless goal is told. */
import { type Clock, NS_PER_MS, nsToSeconds, secondsToNs } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { JointCommand, Segment } from "../../core/motion.ts";
import { segmentDurationS } from "../../core/segment.ts";
import type { RosCommandConfig } from "./config.ts";
import { type GoalEnd, judgeResult, refusedGoal } from "./follow-result.ts";
import type { ActionClient, GoalHandle } from "./library.ts";
import type { FollowResultMsg, TrajectoryMsg } from "./messages.ts";
import { toTimeMsg } from "./time.ts";
import { checkTrajectory, toTrajectory } from "./trajectory.ts";

/** A way to move the arm; one of three. */
export interface CommandSink {
  /** Follow this segment from its start stamp on, which is now or has just passed. */
  follow(segment: Segment, nowNs: bigint): void;
  /** Called at the stream's rate: deadlines are looked at here. */
  tick(nowNs: bigint): void;
  /** The set-point of this beat, for sinks that stream. */
  command(command: JointCommand): void;
  /** End whatever runs: the controller decelerates or holds. */
  cancel(): void;
  /** Whether there is someone to be commanded. */
  readonly isConnected: boolean;
}

export interface FollowClientOptions {
  readonly action: Pick<ActionClient, "isActionServerAvailable" | "sendGoal">;
  readonly clock: Clock;
  readonly config: RosCommandConfig;
  /** ROS's joint names, in the order of the spec. */
  readonly names: readonly string[];
  /** ROS time at an instant of ours, null when unknown. */
  readonly toOther: (monoNs: bigint) => bigint | null;
  readonly onFault: (error: AgentError) => void;
}

interface Goal {
  readonly segmentId: number;
  readonly sentNs: bigint;
  readonly endNs: bigint;
  handle: GoalHandle | null;
  /** We no longer care how it ends: a newer one took its place, or we ended it. */
  left: "replaced" | "cancelled" | null;
  isDone: boolean;
}

/** A server is looked for this often. */
const LOOK_MS = 200;

export function createFollowClient(options: FollowClientOptions): CommandSink {
  const { action, config, onFault } = options;
  let goal: Goal | null = null;
  /** What shall be followed as soon as the goal before it is answered: a busy server may take two goals in the wrong order. */
  let waiting: Segment | null = null;
  let lookedNs: bigint | null = null;
  let isConnected = action.isActionServerAvailable();

  const cancel = (running: Goal): void => {
    running.left = "cancelled";
    void running.handle?.cancelGoal().catch(() => {}); // A server that is gone has nothing to cancel.
  };
  const leave = (left: Goal, fault: AgentError): void => {
    waiting = null;
    cancel(left);
    onFault(fault);
  };
  const begin = (segment: Segment, nowNs: bigint): void => {
    const trajectory = trajectoryOf(segment, nowNs, options);
    checkTrajectory(trajectory, options.names.length);
    if (goal && !goal.isDone) goal.left ??= "replaced";
    waiting = null;
    goal = {
      segmentId: segment.id,
      sentNs: nowNs,
      endNs: segment.startNs + secondsToNs(segmentDurationS(segment)),
      handle: null,
      left: null,
      isDone: false,
    };
    void pursue(goal, goalMessage(trajectory, config), options, () => {
      if (waiting) begin(waiting, options.clock.nowNs());
    });
  };
  const look = (nowNs: bigint): void => {
    if (lookedNs !== null && nowNs - lookedNs < BigInt(LOOK_MS) * NS_PER_MS) return;
    lookedNs = nowNs;
    const isThere = action.isActionServerAvailable();
    if (isConnected && !isThere)
      onFault(new AgentError("bridge.lost", `action "${config.name}": its server went away; start the controller, then resume`));
    isConnected = isThere;
  };
  return {
    follow(segment, nowNs) {
      const isUnanswered = goal !== null && !goal.isDone && goal.handle === null && goal.left === null;
      if (!isUnanswered) return begin(segment, nowNs);
      checkTrajectory(trajectoryOf(segment, nowNs, options), options.names.length);
      waiting = segment;
    },
    tick(nowNs) {
      look(nowNs);
      if (!goal || goal.left !== null || goal.isDone) return;
      const late = overdue(goal, nowNs, config);
      if (late) leave(goal, late);
    },
    command() {},
    cancel() {
      waiting = null;
      if (goal && !goal.isDone) cancel(goal);
    },
    get isConnected() {
      return isConnected;
    },
  };
}

function trajectoryOf(segment: Segment, nowNs: bigint, { config, names, toOther }: FollowClientOptions): TrajectoryMsg {
  const passedNs = nowNs > segment.startNs ? nowNs - segment.startNs : 0n;
  if (config.start === "now") return toTrajectory(segment, { names, passedS: nsToSeconds(passedNs), stampNs: null });
  return toTrajectory(segment, { names, passedS: 0, stampNs: toOther(segment.startNs) });
}

function goalMessage(trajectory: TrajectoryMsg, { goalToleranceRad, maxFinishMs }: RosCommandConfig): object {
  const tolerance = (name: string) => ({ name, position: goalToleranceRad, velocity: 0, acceleration: 0 });
  return {
    trajectory,
    goal_tolerance: goalToleranceRad > 0 ? trajectory.joint_names.map(tolerance) : [],
    // Finite: 0 would mean the controller's default, which may be to wait for ever.
    goal_time_tolerance: toTimeMsg(BigInt(Math.round(maxFinishMs / 2)) * NS_PER_MS),
  };
}

/** Sends one goal and hears of its end. */
async function pursue(
  goal: Goal,
  message: object,
  { action, config, onFault }: FollowClientOptions,
  onAccepted: () => void,
): Promise<void> {
  try {
    const handle = await action.sendGoal(message);
    goal.handle = handle;
    if (!handle.isAccepted()) {
      goal.isDone = true;
      if (goal.left === null) onFault(refusedGoal(goal.segmentId, config.name));
      return;
    }
    // Accepted after it was given up: it must not run on. One that was replaced has been ended by the newer one.
    if (goal.left === "cancelled") void handle.cancelGoal().catch(() => {});
    else onAccepted();
    const result = (await handle.getResult()) as FollowResultMsg;
    goal.isDone = true;
    const fault = goal.left !== null ? null : judgeResult(goal.segmentId, endOf(handle), result);
    if (fault) onFault(fault);
  } catch (cause) {
    goal.isDone = true;
    if (goal.left === null)
      onFault(
        new AgentError("bridge.lost", `action "${config.name}": ${(cause as Error).message}; start the controller, then resume`, { cause }),
      );
  }
}

const endOf = (handle: GoalHandle): GoalEnd =>
  handle.isSucceeded() ? "succeeded" : handle.isCanceled() ? "canceled" : handle.isAborted() ? "aborted" : "unknown";

function overdue(goal: Goal, nowNs: bigint, { name, maxAcceptMs, maxFinishMs }: RosCommandConfig): AgentError | null {
  if (goal.handle === null) {
    if (nowNs - goal.sentNs <= BigInt(Math.round(maxAcceptMs)) * NS_PER_MS) return null;
    return new AgentError(
      "bridge.timeout",
      `segment ${goal.segmentId}: "${name}" did not answer within ${maxAcceptMs} ms; look whether the controller runs, then resume`,
    );
  }
  if (nowNs - goal.endNs > BigInt(Math.round(maxFinishMs)) * NS_PER_MS)
    return new AgentError(
      "robot.aborted",
      `segment ${goal.segmentId}: still runs ${maxFinishMs} ms after its end, so it was cancelled; set the controller's goal_time, look what holds the arm, then reset and start`,
    );
  return null;
}
