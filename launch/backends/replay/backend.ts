/** A recorded run: the agent decides again on what was seen, and is held against what was decided. */
import { isDeepStrictEqual } from "node:util";
import { AgentError } from "../../../runtime/core/errors.ts";
import { plain } from "../../../runtime/record/channels/exact.ts";
import type { Backend } from "../backend.ts";
import { openReplay, readRun } from "./open-replay.ts";

export const replay: Backend<"replay"> = {
  kind: "replay",
  check: (_, { record }) => (record === undefined ? [] : [{ path: ["record"], message: "a replay is not recorded again; leave it out" }]),
  facts: () => ({
    world: null,
    scene: null,
    provenance: "recorded",
    hasGoalPictures: true,
    onlyOne: "there is one recording; use 1",
    isInThread: false,
    resume: "self",
    limitShare: 1,
  }),
  async open() {
    throw new AgentError("launch.invalid", 'backend.kind "replay": this command needs a robot that moves; use sim, gazebo or ros2');
  },
  async prepare({ path }, launch, { spec: { name, controlPeriodS } }) {
    const recording = await readRun(path, launch);
    const { periodS } = recording.header;
    if (periodS !== controlPeriodS) {
      const periods = `decides every ${periodS} s, model ${name} every ${controlPeriodS} s`;
      throw new AgentError("launch.invalid", `recording ${path}: ${periods}; choose a model of its period`);
    }
    const { seed, planner } = (recording.header.config ?? {}) as { readonly seed?: unknown; readonly planner?: unknown };
    const kept = { seed: seed === launch.seed, planner: isDeepStrictEqual(planner, plain(launch.planner)) };
    return async ({ spec }) => openReplay(spec, recording, kept);
  },
};
