/** An arm of Feetech servos on a serial port of this computer. */
import { AgentError } from "../../../runtime/core/errors.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import type { Backend } from "../backend.ts";
import type { FeetechSection } from "./schema.ts";

export const feetech: Backend<"feetech"> = {
  kind: "feetech",
  check: ({ limits: { voltageMinV, voltageMaxV } }) =>
    voltageMinV < voltageMaxV
      ? []
      : [
          {
            path: ["backend", "limits", "voltageMinV"],
            message: `${voltageMinV} V is not below voltageMaxV ${voltageMaxV} V; give the supply's lowest and highest`,
          },
        ],
  facts: ({ resume, limitShare }) => ({
    world: null,
    scene: null,
    provenance: "real",
    hasGoalPictures: false,
    onlyOne: "there is one arm; use 1",
    isInThread: false,
    resume,
    limitShare,
  }),
  open: async (section, request) => (await import("./open.ts")).openFeetech(section, request),
  looking: (section) => ({ ...section, moves: false }),
};

/** The section of an arm of servos, for what works with no other backend. Throws AgentError `launch.invalid`; `why` says what needs it. */
export function feetechSection({ backend }: Pick<LaunchConfig, "backend">, why: string): FeetechSection {
  if (backend.kind === "feetech") return backend;
  throw new AgentError("launch.invalid", `${why}; backend.kind is "${backend.kind}"`);
}
