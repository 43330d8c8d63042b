/** Whether an arm is of a size and weight that arms have: a file in millimetres, degrees or grams is none. */
import { BOUNDS, beyond } from "../../runtime/core/bounds.ts";
import type { CompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { jointsTo, nameOf, pathTo } from "./chain.ts";
import type { ToolPoint } from "./tool-point.ts";

/** Faults of the file. `model` has the moved joints only. */
export function reasonFaults(model: CompiledModel, tool: ToolPoint): readonly string[] {
  const masses = model.bodies.flatMap(({ massKg }, id) => {
    const problem = id > 0 ? beyond(massKg, BOUNDS.massKg) : null;
    return problem ? [`link "${nameOf(model, id)}": its mass: ${problem}`] : [];
  });
  const moved = pathTo(model, tool.body).filter((id) => jointsTo(model, id).length > 0);
  const lengthsM = moved.slice(1).map((id) => Math.hypot(...model.bodies[id]!.positionM)); // The first is where the arm begins.
  const reachM = lengthsM.reduce((sum, length) => sum + length, Math.hypot(...tool.positionM));
  const problem = beyond(reachM, BOUNDS.reachM);
  return [...masses, ...(problem ? [`links: from the first joint to the tool they are together ${problem}; scale the file`] : [])];
}
