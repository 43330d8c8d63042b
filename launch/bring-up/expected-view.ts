/** What the cameras of a launch file should see of the arm as it stands: the arm alone on its table. */
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { createRenderer } from "../../sim/camera/renderer.ts";
import { World } from "../../sim/world.ts";
import type { View } from "./view-check.ts";

export interface ExpectedViews extends Disposable {
  /** `armRad` of shape (jointCount). */
  of(camera: CameraSpec, armRad: Float64Array): View;
}

export async function expectedViews(spec: RobotSpec): Promise<ExpectedViews> {
  const world = await World.create(spec, { ...defaultScene, objects: {} });
  const renderer = createRenderer(world.model);
  return {
    of(camera, armRad) {
      world.reset({ armRad });
      const { widthPx, heightPx } = camera;
      return { widthPx, heightPx, rgb: renderer.render(world.data, camera) };
    },
    [Symbol.dispose]: () => world[Symbol.dispose](),
  };
}
