/**
 * The agent as a ROS node: state, diagnostics and markers out, services and the task action in; taps and the supervisor's own commands, nothing else.
 * It lives in the agent's process: models have threads of their own, pictures and joints come through the keeper's node, so what is left for this thread
 * is a few small messages a decision, and a crash of the middleware leaves the arm with its keeper.
 */

import { hasOwnInterfaces } from "../../../runtime/bridge/ros2/addon.ts";
import type { RosBackendConfig } from "../../../runtime/bridge/ros2/config.ts";
import { toDiagnostics } from "../../../runtime/bridge/ros2/diagnostics.ts";
import { toMarkers } from "../../../runtime/bridge/ros2/markers.ts";
import type { RosNode } from "../../../runtime/bridge/ros2/node.ts";
import { declareNumbers } from "../../../runtime/bridge/ros2/parameters.ts";
import { toTimeMsg } from "../../../runtime/bridge/ros2/time.ts";
import { type Clock, nsToSeconds } from "../../../runtime/core/clock.ts";
import type { Goal } from "../../../runtime/core/skill.ts";
import { OPERATOR_COMMANDS, type SupervisorState } from "../../../runtime/core/supervision.ts";
import type { Tap } from "../../../runtime/core/tap.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import type { Blueprint } from "../../blueprint.ts";
import type { Party } from "../../run/words.ts";
import { createRosLimits, parametersOf } from "./limits.ts";
import { serveRunSkill } from "./run-skill.ts";

const DIAGNOSTICS_MS = 1000;
/** How often the arm's own node is asked how it stands, and how fast the vendor lets it go. */
const STATUS_MS = 200;

export interface AgentNodeOptions {
  readonly ros: RosNode;
  readonly blueprint: Blueprint;
  readonly backend: RosBackendConfig;
  readonly clock: Clock;
  /** Name of the lifecycle's state. */
  readonly lifecycle: () => string;
  readonly warn: (text: string) => void;
}

export interface AgentNode {
  /** From now on there is an agent to speak of; the tap hears of it. */
  join(party: Party): Tap;
  leave(): void;
}

/** Topics, services, action and parameters are there until the node is disposed of. */
export function openAgentNode(options: AgentNodeOptions): AgentNode {
  const { ros, blueprint, clock, warn } = options;
  let party: Party | null = null;
  let newest: Tick | null = null;
  let goal: Goal | null = null;
  let isOver = false;
  let vendorShare = 1;
  let decisions = 0;
  let faultCount = 0;
  let fault: { readonly error: Error; readonly atNs: bigint } | null = null;
  const limits = createRosLimits(() => party?.desk ?? null, options.backend.bringUp);
  const arm = createArmStatus(() => party);
  declareNumbers(ros, parametersOf(blueprint.config, limits));
  serveCommands(options, () => party);
  const hasOwn = hasOwnInterfaces();
  const showState = hasOwn ? advertiseState(ros) : () => {};
  const onSkillTick = hasOwn
    ? serveRunSkill({
        ...options,
        cameras: blueprint.config.cameras,
        task: blueprint.config.task,
        party: () => party,
      })
    : () => {};
  if (!hasOwn) warn("foresight_msgs is not built, so there is no task action and no latched state; see runtime/bridge/ros2/README.md");
  const markers = ros.advertise("visualization_msgs/msg/MarkerArray", "~/imagined", "reliable");
  const diagnostics = ros.advertise("diagnostic_msgs/msg/DiagnosticArray", "/diagnostics", "reliable");
  const header = () => ({ stamp: toTimeMsg(ros.node.now().nanoseconds), frame_id: options.backend.node.baseFrame });
  const look = async (): Promise<void> => {
    await arm.look();
    if (arm.newest.speedShare !== vendorShare) limits.slow("vendor", arm.newest.speedShare);
    vendorShare = arm.newest.speedShare;
  };
  const diagnose = (): void => {
    if (isOver) return;
    const { agent, task, reason } = party?.supervisor.state ?? { agent: "booting", task: "none", reason: "Not configured." };
    const status = toDiagnostics({
      node: fullName(ros),
      robot: blueprint.spec.name,
      agent,
      task,
      reason,
      lifecycle: options.lifecycle(),
      fault: fault && { error: fault.error, ageS: nsToSeconds(clock.nowNs() - fault.atNs) },
      faultCount,
      tick: newest,
      decisionCount: decisions,
      warnings: arm.newest.warnings,
      speedShare: limits.speedShare,
    });
    diagnostics.publish({ header: header(), status });
  };
  const timers = [clock.every(DIAGNOSTICS_MS, diagnose), clock.every(STATUS_MS, () => void look())];
  ros.onDispose(() => {
    isOver = true;
    for (const stop of timers) stop();
  });
  return {
    join(joined) {
      party = joined;
      limits.apply();
      return {
        name: "ROS 2",
        goal(wanted) {
          goal = wanted;
        },
        tick(tick) {
          newest = tick;
          decisions++;
          if (isOver) return;
          onSkillTick(tick);
          markers.publish(toMarkers({ header: header(), tick, goalM: goal && goal.kind !== "image" ? goal.positionM : null }));
        },
        state(state) {
          if (!isOver) showState(state);
        },
        fault({ error }) {
          faultCount++;
          fault = { error: error instanceof Error ? error : new Error(String(error)), atNs: clock.nowNs() };
          diagnose(); // A fault does not wait for its turn.
        },
      };
    },
    leave() {
      party = null;
    },
  };
}

const fullName = ({ node }: RosNode): string => `${node.namespace().replace(/\/$/, "")}/${node.name()}`;

/** The operator's words, and a service for each urgent task; names in ROS have no hyphens. */
function serveCommands({ ros, blueprint }: AgentNodeOptions, party: () => Party | null): void {
  const serve = (name: string, carryOut: (desk: Party["desk"]) => string | null): void => {
    ros.node.createService("std_srvs/srv/Trigger", `~/${name}`, {}, (_, response) => {
      const open = party();
      const why = open ? carryOut(open.desk) : "the node is not configured";
      response.send({ success: why === null, message: why ?? open?.supervisor.state.reason ?? "" });
    });
  };
  for (const command of OPERATOR_COMMANDS) serve(command.replace("-", "_"), (desk) => desk.command("ros", command));
  for (const name of Object.keys(blueprint.config.urgent)) serve(`urgent/${name}`, (desk) => desk.urgent("ros", name));
}

function advertiseState(ros: RosNode): (state: SupervisorState) => void {
  const states = ros.advertise("foresight_msgs/msg/AgentState", "~/state", "latched");
  return ({ agent, task, skills, reason, mayAct }) =>
    states.publish({ stamp: toTimeMsg(ros.node.now().nanoseconds), agent, task, skill: skills[0]?.name ?? "", reason, may_act: mayAct });
}

interface ArmStatus {
  readonly warnings: readonly string[];
  readonly speedShare: number;
}

/** The arm's own node is asked once at a time; until it answers, what it said last counts. */
function createArmStatus(party: () => Party | null) {
  let isAsking = false;
  const arm = {
    newest: { warnings: [], speedShare: 1 } as ArmStatus,
    async look(): Promise<void> {
      const open = party();
      if (isAsking || !open) return;
      isAsking = true;
      try {
        arm.newest = (await open.ask("status")) as ArmStatus; // Our own keeper's answer over a private channel.
      } catch (error) {
        arm.newest = { warnings: [(error as Error).message], speedShare: arm.newest.speedShare };
      }
      isAsking = false;
    },
  };
  return arm;
}
