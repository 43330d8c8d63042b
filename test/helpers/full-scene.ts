/** A scene with everything that a scene can hold. */
import { defaultObject, defaultScene, type SceneSpec } from "../../runtime/core/scene.ts";

/** A can that tasks are about, a marble, a block that lies where it was told to, a post, a tray and a screen that only hides. */
export const fullScene: SceneSpec = {
  ...defaultScene,
  objects: {
    can: { ...defaultObject, shape: { kind: "cylinder", radiusM: 0.025, heightM: 0.08 }, rgb: [0.1, 0.7, 0.2] },
    marble: { ...defaultObject, shape: { kind: "ball", radiusM: 0.02 }, massKg: 0.03, rgb: [0.1, 0.2, 0.9] },
    block: { ...defaultObject, at: { centreM: [0.5, 0.15], yawRad: 0.4 } },
  },
  obstacles: {
    post: {
      shape: { kind: "cylinder", radiusM: 0.03, heightM: 0.2 },
      rgb: [0.2, 0.2, 0.2],
      friction: 0.7,
      centreM: [0.5, 0],
      yawRad: 0,
      liftM: 0,
    },
  },
  bins: {
    tray: { insideM: [0.1, 0.1, 0.04], wallM: 0.005, rgb: [0.9, 0.9, 0.2], friction: 0.7, centreM: [0.42, -0.15], yawRad: 0.5, liftM: 0 },
  },
  occluders: {
    screen: { shape: { kind: "box", sizeM: [0.2, 0.01, 0.2] }, rgb: [0.9, 0.1, 0.9], centreM: [0.55, 0.05], yawRad: 0, liftM: 0 },
  },
};
