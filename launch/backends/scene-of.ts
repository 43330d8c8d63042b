/** What stands in front of the arm of a simulated section. */
import { defaultScene, type SceneSpec } from "../../runtime/core/scene.ts";

export const sceneOf = ({ scene }: { readonly scene: Omit<SceneSpec, "table"> & { readonly table?: SceneSpec["table"] } }): SceneSpec => ({
  ...defaultScene,
  ...scene,
});
