/** An arm by the judge's own reckoning: where its tool and its links are, how near they come to one another and what its drives must give. No function is asked that a guard asks. */
import type { JointCommand } from "../../../../runtime/core/motion.ts";
import type { RobotSpec } from "../../../../runtime/core/robot.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import { createShadow } from "../../../../runtime/kinematics/shadow.ts";
import { type Apart, createApart } from "./own-apart.ts";
import { placed, within } from "./own-frames.ts";
import { boundM, pointsOf, shapesOf } from "./own-shapes.ts";
import { torqueNm, weightsOf } from "./own-torque.ts";
import { bodiesOf, poseAt } from "./own-tree.ts";

/** A point of a link's inside: all within `radiusM` of it is the link. Base frame, metres. */
export interface LinkPoint {
  readonly link: string;
  readonly atM: Vec3;
  readonly radiusM: number;
  /** Moved by every joint of the arm. */
  readonly isHand: boolean;
}

/** Joint positions have shape (jointCount). */
export interface OwnArm {
  toolAt(positionRad: ArrayLike<number>): Vec3;
  /** Of all links that a joint moves, or of those parts of them whose centre and bounding radius, metres, are near what one looks for. */
  pointsAt(positionRad: ArrayLike<number>, isNear?: (centreM: Vec3, boundM: number) => boolean): readonly LinkPoint[];
  /** The nearest two links that could come together; null where none are nearer than `withinM`. */
  apartAt(positionRad: ArrayLike<number>, withinM: number): Apart | null;
  /** N m, shape (jointCount). */
  torqueNm(motion: JointCommand, payloadKg: number): readonly number[];
}

/** Few points of each link: what goes through a keep-out is found by many looks. */
const POINTS_APART_M = 0.1;

/** Throws AgentErrors of the robot's model, which is not kept. */
export async function createOwnArm(spec: RobotSpec): Promise<OwnArm> {
  using shadow = await createShadow(spec);
  const bodies = bodiesOf(shadow);
  const shapes = shapesOf(shadow);
  const weights = weightsOf(shadow);
  const { tool } = weights;
  const moved = shapes
    .filter(({ body }) => bodies[body]!.joints > 0)
    .map((shape) => ({ ...shape, boundM: boundM(shape), points: pointsOf(shape, POINTS_APART_M) }));
  const apart = createApart(bodies, shapes, spec.homeRad);
  return {
    toolAt: (positionRad) => placed(poseAt(bodies, positionRad).frames[tool.body]!, tool.atM),
    pointsAt(positionRad, isNear = () => true) {
      const { frames } = poseAt(bodies, positionRad);
      const found: LinkPoint[] = [];
      for (const { body, frame, boundM, points } of moved) {
        const { name, joints } = bodies[body]!;
        const at = within(frames[body]!, frame);
        if (!isNear(at.atM, boundM)) continue;
        for (const { localM, radiusM } of points)
          found.push({ link: name, atM: placed(at, localM), radiusM, isHand: joints === spec.joints.length });
      }
      return found;
    },
    apartAt: (positionRad, withinM) => apart(poseAt(bodies, positionRad), withinM),
    torqueNm: (motion, payloadKg) => torqueNm(bodies, weights, motion, payloadKg),
  };
}
