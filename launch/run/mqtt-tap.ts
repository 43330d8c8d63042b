/** The fleet as a tap: what the launch file and the robot say becomes the bridge's place, commanders and factsheet. */
import type { RobotFacts } from "../../runtime/bridge/mqtt/reporter.ts";
import { SystemClock, SystemWallClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { skills } from "../../skills/index.ts";
import type { Blueprint } from "../blueprint.ts";
import { productVersion } from "../cli/version.ts";
import { robotName } from "../config/schema.ts";
import type { MqttSection } from "../config/schema-mqtt.ts";
import { urgentTasks } from "../task-facts.ts";
import type { Party } from "./words.ts";

/** Throws AgentError of the bridge; its packages are loaded only now. */
export async function openMqttTap(blueprint: Blueprint, mqtt: MqttSection, { desk }: Party, say: (line: string) => void): Promise<Tap> {
  const { openMqttBridge } = await import("../../runtime/bridge/mqtt/open-mqtt-bridge.ts");
  const { config } = blueprint;
  return openMqttBridge({
    config: { ...mqtt, robot: mqtt.robot ?? robotName(config.robot) },
    desk,
    facts: factsOf(blueprint),
    clock: new SystemClock(),
    wallClock: new SystemWallClock(),
    rng: createRng(config.seed),
    say: (text) => say(`mqtt: ${text}`),
  });
}

function factsOf({ config, spec, model }: Blueprint): RobotFacts {
  const { minM, maxM } = config.guards.workspace;
  return {
    softwareVersion: productVersion,
    robotModel: spec.name,
    limitsSource: spec.source,
    joints: spec.joints.map(({ name, type, positionMinRad, positionMaxRad, velocityMaxRadPerS, accelerationMaxRadPerS2 }) => ({
      name,
      ...(type === "continuous" ? {} : { positionMinRad, positionMaxRad }),
      velocityMaxRadPerS,
      accelerationMaxRadPerS2,
    })),
    cameras: config.cameras.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx })),
    workspace: { minM, maxM },
    worldModel: { name: model.spec.name, hash: model.modelHash },
    decisionPeriodS: model.spec.controlPeriodS,
    skills: Object.values(skills).map(({ name, description, goals }) => ({ name, description, goals: [...goals] })),
    urgent: urgentTasks(config),
  };
}
