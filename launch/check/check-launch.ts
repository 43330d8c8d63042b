/** `foresight check`: everything that can be known of a launch file before anything moves; a model that is not made yet is the next step, no mistake. */
import { isDeepStrictEqual } from "node:util";
import { checkAxes } from "../../runtime/act/axes.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultWorkArea } from "../../runtime/core/work-area.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { backendOf } from "../backends/registry.ts";
import { draw, isTrained, robotOf, scaled, sharesOf } from "../compose.ts";
import { checkReach } from "../config/check-reach.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { actionOf } from "../learn/play/setup.ts";
import { trialSpecOf } from "../task-facts.ts";
import { type AskedPlace, reachOfArea } from "./area-reach.ts";
import { armFacts } from "./arm-facts.ts";
import { checkCertificates } from "./certificates.ts";
import { printBlueprint } from "./print-blueprint.ts";

const SHOWN_MAX = 4;
/** Of the default area, which fits most arms roughly and none exactly: below this the arm would mostly stand still. */
const REACHED_SHARE_MIN = 0.75;

/** What fits together, for people; `file` is what the user called the launch file. Throws AgentErrors of the file, the robot and the model that is there. */
export async function checkLaunch(config: LaunchConfig, file: string): Promise<string> {
  checkCertificates(config);
  const spec = await robotOf(config);
  await checkReach(config.guards, spec);
  if (!isTrained(config)) checkAxes(actionOf(config), spec);
  const area = await areaFacts(config, spec);
  const facts = [...(await armFacts(config.robot, spec)), ...area];
  const drawn = isTrained(config) ? await draw(config) : { config, spec: scaled(spec, sharesOf(config)), model: null };
  return [printBlueprint(drawn, facts), ...(isTrained(config) ? ["everything fits"] : nextSteps(config, file))].join("\n");
}

/** Throws AgentError `launch.invalid` where the tool cannot come to a corner of the work area, or to a place within; of an area that nobody wrote, most places are enough. */
async function areaFacts(config: LaunchConfig, spec: RobotSpec): Promise<readonly string[]> {
  const { scene } = backendOf(config).facts;
  const trial = trialSpecOf(config);
  if (!scene || !trial) return [];
  using kinematics = await createKinematics(spec);
  const { corners, within } = reachOfArea(trial, scene, kinematics);
  const missed = corners.filter(({ isReached }) => !isReached);
  const gaps = within.filter(({ isReached }) => !isReached);
  if (missed.length + gaps.length === 0)
    return [`area     the tool comes to all ${corners.length} corners, pointing down, and to ${within.length} places within`];
  const named = missed.length > 0 ? missed : gaps;
  const more = named.length > SHOWN_MAX ? `, and ${named.length - SHOWN_MAX} more` : "";
  const whole = missed.length > 0 ? `${missed.length} of ${corners.length} corners` : "all corners are reached, but";
  const places = `${whole} pointing down: ${named.slice(0, SHOWN_MAX).map(placeText).join(", ")}${more}`;
  if (isDeepStrictEqual(scene.area, defaultWorkArea) && gaps.length <= (1 - REACHED_SHARE_MIN) * within.length) {
    const share = `the tool comes to ${within.length - gaps.length} of ${within.length} places within`;
    return [`area     ${share} the default area; it does not reach ${places}; write a backend.scene.area for this arm`];
  }
  throw new AgentError(
    "launch.invalid",
    `backend.scene.area: "${spec.name}" does not reach ${places}; of ${within.length} places within it reaches ${within.length - gaps.length}; make the area smaller, or move it nearer`,
  );
}

const placeText = ({ placeM, missedByM }: AskedPlace): string =>
  `(${placeM.map((value) => value.toFixed(3)).join(", ")}) m ${missedByM < 1e-4 ? "not in this direction" : `by ${(missedByM * 100).toFixed(1)} cm`}`;

function nextSteps({ model: { path } }: LaunchConfig, file: string): readonly string[] {
  return [
    `everything fits; there is no model yet (${path}). Collect, then train:`,
    `  npx foresight collect ${file} --out my-data`,
    `  npx foresight train ${file} --data my-data`,
  ];
}
