/** The random floor's arm: chance on the body that play has, since nothing of it is learned and no model is there yet. */

import { openBody } from "../../runtime/assemble/body.ts";
import type { ActionAxis } from "../../runtime/core/model.ts";
import { type Agent, openRobot, robotOf, scaled, sensesOf, sharesOf } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { drawnTrial } from "../drawn-trial.ts";
import { actionOf, PERIOD_S, toolHeightM } from "../learn/play/setup.ts";

export type Floor = Pick<Agent, "opened" | "body" | "senses" | "trial"> & {
  readonly brain: { readonly chance: readonly ActionAxis[] };
} & AsyncDisposable;

/** Throws AgentErrors of the launch file and the robot. */
export async function openFloor(config: LaunchConfig): Promise<Floor> {
  const spec = scaled(await robotOf(config), sharesOf(config));
  const action = actionOf(config);
  const opened = await openRobot(config, spec, { periodS: PERIOD_S });
  try {
    const model = { axes: action, toolHeightM: toolHeightM(config), controlPeriodS: PERIOD_S };
    const body = await openBody({ robot: spec, model, ...config.guards });
    return {
      ...{ opened, body, senses: sensesOf(config, spec), brain: { chance: action } },
      trial: (seed) => drawnTrial(config, seed, { robot: spec, kinematics: body.kinematics }),
      async [Symbol.asyncDispose]() {
        body[Symbol.dispose]();
        await opened.robot[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await opened.robot[Symbol.asyncDispose]();
    throw error;
  }
}
