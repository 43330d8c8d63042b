/** An arm of Feetech servos on a serial port of this computer. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { Problem } from "../../config/problem.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Backend } from "../backend.ts";
import { sceneOf } from "../scene-of.ts";
import type { FeetechSection } from "./schema.ts";

export const feetech: Backend<"feetech"> = {
  kind: "feetech",
  check: ({ limits: { voltageMinV, voltageMaxV }, cameras }, launch) => [
    ...cameraProblems(cameras, launch),
    ...(voltageMinV < voltageMaxV
      ? []
      : [
          {
            path: ["backend", "limits", "voltageMinV"],
            message: `${voltageMinV} V is not below voltageMaxV ${voltageMaxV} V; give the supply's lowest and highest`,
          },
        ]),
  ],
  facts: ({ evaluation, resume, limitShare }) => ({
    world: evaluation && { mode: "realtime", episode: evaluation.episode ?? null, seed: evaluation.sceneSeed, latencyMs: 0 },
    scene: evaluation && sceneOf(evaluation),
    provenance: evaluation ? "sim" : "real",
    hasGoalPictures: evaluation !== null,
    onlyOne: "there is one arm; use 1",
    isInThread: false,
    resume,
    limitShare,
  }),
  open: async (section, request) => (await import("./open.ts")).openFeetech(section, request),
  looking: (section) => ({ ...section, moves: false, evaluation: null }),
  jogging: (section) => ({ ...section, cameras: {} }),
};

/** The section of an arm of servos, for what works with no other backend. Throws AgentError `launch.invalid`; `why` says what needs it. */
export function feetechSection({ backend }: Pick<LaunchConfig, "backend">, why: string): FeetechSection {
  if (backend.kind === "feetech") return backend;
  throw new AgentError("launch.invalid", `${why}, backend.kind is "${backend.kind}"; give the launch file of one`);
}

/** Every camera of the model must be somewhere. */
function cameraProblems(named: FeetechSection["cameras"], { cameras }: LaunchConfig): readonly Problem[] {
  const names = cameras.map(({ name }) => name);
  const lacking = names.filter((name) => !Object.hasOwn(named, name));
  const unknown = Object.keys(named).filter((name) => !names.includes(name));
  return [
    ...lacking.map((name) => ({
      path: ["backend", "cameras"],
      message: `does not say where camera "${name}" is; add ${name}: { device: /dev/v4l/by-id/... }, foresight find lists them`,
    })),
    ...unknown.map((name) => ({
      path: ["backend", "cameras", name],
      message: `is no camera of this file; its cameras are ${names.join(", ") || "none"}`,
    })),
  ];
}
