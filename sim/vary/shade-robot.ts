/** A robot that is brighter or darker than its model says. */
import type { MjModel } from "@mujoco/mujoco";

/** Before the model is drawn: multiplies the colours of everything but the world's own geoms and the named things. Only a robot has materials. */
export function shadeRobot(model: MjModel, shade: number, isThing: (body: number) => boolean): void {
  const multiply = (rgba: Float32Array, index: number): void => {
    for (let channel = 0; channel < 3; channel++) rgba[index * 4 + channel]! *= shade;
  };
  for (let material = 0; material < model.nmat; material++) multiply(model.mat_rgba, material);
  for (let geom = 0; geom < model.ngeom; geom++) {
    const body: number = model.geom_bodyid[geom];
    if (body !== 0 && !isThing(body) && model.geom_matid[geom] < 0) multiply(model.geom_rgba, geom);
  }
}
