/** The arm as MuJoCo compiled it and what the launch file says stands around it, as the page draws them. */
import { fingerEnds } from "../../runtime/core/gripper.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { SceneSpec } from "../../runtime/core/scene.ts";
import { fixedParts } from "../../runtime/core/scene-layout.ts";
import type { Shape } from "../../runtime/core/shape.ts";
import { tableFrame } from "../../runtime/core/table.ts";
import type { Pose } from "../../runtime/core/trial.ts";
import { workspaceBoxM } from "../../runtime/core/workspace.ts";
import type { PageScene, SceneBody, SceneShape } from "../../runtime/dashboard/scene.ts";
import { type Body, readCompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { createShadow } from "../../runtime/kinematics/shadow.ts";
import type { LaunchConfig } from "../config/schema.ts";

/** Throws AgentErrors of the robot's model. Shapes that are no primitives are passed over. */
export async function pageScene({ guards }: LaunchConfig, spec: RobotSpec, scene: SceneSpec | null): Promise<PageScene> {
  using shadow = await createShadow(spec);
  const { bodies } = readCompiledModel(shadow.mujoco, shadow.model, "passed over");
  const toolBody = bodies.findIndex(({ sites }) => sites.some(({ name }) => name === spec.toolSite));
  const site = bodies[toolBody]?.sites.find(({ name }) => name === spec.toolSite);
  const frame = tableFrame(scene?.table);
  const object = scene ? Object.values(scene.objects)[0] : undefined;
  const atOrigin: Pose = { positionM: [0, 0, 0], yawRad: 0 };
  return {
    bodies: bodies.map((body) => bodyOf(body, spec)),
    tool: { body: toolBody, positionM: site?.positionM ?? [0, 0, 0] },
    tableZM: guards.workspace.tableZM,
    workspace: { name: "workspace", ...workspaceBoxM(guards.workspace) },
    fixed: (scene ? fixedParts(scene) : []).map(({ shape, pose, rgb }) =>
      shapeOf(shape, { positionM: frame.toBase(pose.positionM), yawRad: pose.yawRad + frame.yawRad }, rgb),
    ),
    keepOut: guards.keepOut.map(({ name, minM, maxM }) => ({ name, minM, maxM })),
    object: object ? shapeOf(object.shape, atOrigin, object.rgb) : null,
  };
}

function bodyOf({ positionM, quaternion, parent, joints, geoms }: Body, spec: RobotSpec): SceneBody {
  return {
    ...{ positionM, quaternion, parent },
    joints: joints.flatMap(({ kind, name, axis, positionM, reference }) => {
      if (kind !== "hinge" && kind !== "slide") return [];
      const index = spec.joints.findIndex((joint) => joint.name === name);
      const finger = spec.gripper?.fingers.find(({ joint }) => joint === name);
      return [{ kind, axis, positionM, reference, index: index === -1 ? null : index, finger: finger ? fingerEnds(finger) : null }];
    }),
    shapes: geoms
      .filter(({ isVisible }) => isVisible)
      .map(({ kind, sizeM, rgba, positionM, quaternion }) => ({ kind, sizeM, rgba, positionM, quaternion })),
  };
}

function shapeOf(shape: Shape, { positionM, yawRad }: Pose, rgb: readonly number[]): SceneShape {
  const placed = { positionM, quaternion: [Math.cos(yawRad / 2), 0, 0, Math.sin(yawRad / 2)], rgba: [...rgb, 1] };
  switch (shape.kind) {
    case "box":
      return { kind: "box", sizeM: shape.sizeM.map((size) => size / 2), ...placed };
    case "cylinder":
      return { kind: "cylinder", sizeM: [shape.radiusM, shape.heightM / 2, 0], ...placed };
    case "ball":
      return { kind: "sphere", sizeM: [shape.radiusM, 0, 0], ...placed };
  }
}
