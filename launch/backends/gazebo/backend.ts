/** Gazebo over gz-transport: one that runs, or one started here with the exported scene. */
import type { Backend } from "../backend.ts";
import { sceneOf } from "../scene-of.ts";
import { goalPointM, imaginedPainter } from "./imagined-painter.ts";

export const gazebo: Backend<"gazebo"> = {
  kind: "gazebo",
  check: () => [],
  facts: (section) => ({
    world: {
      ...{ mode: section.mode, episode: section.episode ?? null, moveM: section.moveM },
      ...{ seed: section.sceneSeed, latencyMs: section.latencyMs },
    },
    scene: sceneOf(section),
    provenance: "gazebo",
    hasGoalPictures: true,
    onlyOne: section.partition === null ? null : `partition "${section.partition}" has one arm; leave backend.partition out`,
    isInThread: false,
    resume: "self",
    limitShare: 1,
  }),
  open: async (section, request) => (await import("./open.ts")).openGazebo(section, request),
  taps: ({ drawImagined }, { world }, trial, spec) =>
    drawImagined && world?.draw ? [imaginedPainter(world.draw, goalPointM(trial, spec))] : [],
};
