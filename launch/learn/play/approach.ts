/** Brings the tool to the height that play holds: up, over a far corner of the work area, and down there, where a loose thing is least likely to lie. */

import type { Body } from "../../../runtime/assemble/body.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { ActionAxis } from "../../../runtime/core/model.ts";
import { along, type ScriptedPlayer } from "../../../runtime/core/play.ts";
import { createRng, type Rng } from "../../../runtime/core/rng.ts";
import { distanceM, type Vec3 } from "../../../runtime/core/vec3.ts";
import type { PlayArea } from "../../../runtime/learn/free-play.ts";
import { act, type PlayRig, playOversight } from "./episode.ts";
import { STEP_M } from "./setup.ts";

export interface ApproachRig extends Pick<PlayRig, "opened" | "senses" | "stopwatch"> {
  /** Acts along x, y and z. */
  readonly carrier: Body;
  readonly carrierAction: readonly ActionAxis[];
  /** Flat, at the height that is held. */
  readonly area: PlayArea;
  /** Height to travel at, above whatever lies on the table, metres. */
  readonly travelZM: number;
}

/** A tool this near its height is at it. */
const AT_HEIGHT_M = 0.01;
const ARRIVED_M = 0.004;
const DECISIONS_MAX = 200;

/** Does nothing where the tool is at its height. Throws AgentError `goal.unreachable` when it does not get there, and what ended it. */
export async function approach(rig: ApproachRig, rng: Rng, signal: AbortSignal): Promise<void> {
  const { opened, carrier, area, travelZM } = rig;
  const fromM = carrier.toolAt(opened.robot.commandedAt(opened.clock.nowNs()).positionRad);
  if (Math.abs(fromM[2] - area.minM[2]) <= AT_HEIGHT_M) return;
  const corner = [area.minM[0], rng.uniform() < 0.5 ? area.minM[1] : area.maxM[1]] as const;
  const upM = Math.max(fromM[2], travelZM);
  await visit(
    rig,
    [
      [fromM[0], fromM[1], upM],
      [...corner, upM],
      [...corner, area.minM[2]],
    ],
    signal,
  );
}

/** Straight up to the travelling height, so that a person can reach what lies on the table. */
export async function retreat(rig: ApproachRig, signal: AbortSignal): Promise<void> {
  const { opened, carrier, travelZM } = rig;
  const [x, y, z] = carrier.toolAt(opened.robot.commandedAt(opened.clock.nowNs()).positionRad);
  if (z < travelZM) await visit(rig, [[x, y, travelZM]], signal);
}

async function visit(rig: ApproachRig, pathM: Vec3[], signal: AbortSignal): Promise<void> {
  const { carrier, carrierAction } = rig;
  const left = pathM.slice();
  const oversight = playOversight(DECISIONS_MAX, () => left.length === 0);
  const player: ScriptedPlayer = ({ toolM }) => {
    while (left[0] && distanceM(left[0], toolM) < ARRIVED_M) left.shift();
    const target = left[0] ?? toolM;
    const scale = 1 / Math.max(STEP_M, distanceM(target, toolM));
    return along([(target[0] - toolM[0]) * scale, (target[1] - toolM[1]) * scale, (target[2] - toolM[2]) * scale]);
  };
  const look = async (observation: { readonly joints: { readonly positionRad: Float64Array } }) => ({
    toolM: carrier.toolAt(observation.joints.positionRad),
    objects: {},
  });
  await act(rig, { player, action: carrierAction, look }, { body: carrier, oversight, rng: createRng(0) }, signal);
  if (oversight.endedBy) throw oversight.endedBy;
  const [missed] = left;
  if (missed) {
    const at = missed.map((value) => value.toFixed(3)).join(", ");
    const remedy = "is it within guards.workspace and the arm's reach?";
    throw new AgentError("goal.unreachable", `play: the tool did not come to (${at}) m in ${DECISIONS_MAX} decisions; ${remedy}`);
  }
}
