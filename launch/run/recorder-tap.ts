/** The recorder as a tap: what a replay needs, and at the end one line that says what became of it. */
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { openRecorder } from "../../runtime/record/recorder.ts";
import type { Header } from "../../runtime/record/recording-line.ts";
import { backendOf } from "../backends/registry.ts";
import { type Blueprint, effectMs } from "../blueprint.ts";
import type { RunIo } from "./words.ts";

/** Throws AgentError `launch.invalid` when the file cannot be written. */
export async function openRecorderTap(path: string, blueprint: Blueprint, mode: Header["mode"], io: RunIo): Promise<Tap> {
  const recorder = await openRecorder(path, headerOf(blueprint, mode), io);
  let recorded: readonly Frame[] | null = null;
  return {
    name: "recorder",
    goal(goal) {
      if (goal.kind !== "image" || goal.frames === recorded) return;
      recorded = goal.frames;
      recorder.goal(goal.frames);
    },
    sample: (sample) => recorder.sample(sample),
    tick: (tick) => recorder.tick(tick),
    async close() {
      const recorded = await recorder.finish();
      io.say(recorded.said);
      io.onRecorded?.(recorded);
    },
  };
}

/** What a recording says of its run. */
function headerOf({ config, spec, model }: Blueprint, mode: Header["mode"]): Omit<Header, "kind" | "format"> {
  const leadMs = mode === "lockstep" ? (backendOf(config).facts.world?.latencyMs ?? 0) : effectMs(config);
  const { record: _, dashboard: __, mqtt: ___, foxglove: ____, ...kept } = config; // Page and fleet are no part of what was decided, and their tokens are secret.
  return { robot: spec.name, mode, periodS: model.spec.controlPeriodS, leadMs, modelHash: model.modelHash, config: kept };
}
