/** What recordings and live views say of a run: robot, cameras, model and configuration, without secrets. */
import { SystemWallClock, utcText } from "../../runtime/core/clock.ts";
import type { RunFacts } from "../../runtime/record/channels/message.ts";
import { backendOf } from "../backends/registry.ts";
import { type Blueprint, effectMs } from "../blueprint.ts";
import { productVersion } from "../cli/version.ts";
import type { RunReport } from "./words.ts";

export function runFacts({ config, spec, model }: Blueprint, mode: RunReport["mode"], ends: RunFacts["ends"]): RunFacts {
  const { record: _, dashboard: __, mqtt: ___, foxglove: ____, fleet: _____, ...kept } = config; // Who looks is no part of what was decided, and their tokens are secret.
  return {
    robot: spec.name,
    joints: spec.joints.map(({ name }) => name),
    cameras: config.cameras,
    mode: mode === "realtime" ? "realtime" : "lockstep", // A recording waits for the decisions.
    ends,
    periodS: model.spec.controlPeriodS,
    leadMs: mode === "lockstep" ? (backendOf(config).facts.world?.latencyMs ?? 0) : effectMs(config),
    modelName: model.spec.name,
    modelHash: model.modelHash,
    config: kept,
    version: productVersion,
    startedAt: utcText(new SystemWallClock().nowUtcMs()),
  };
}
