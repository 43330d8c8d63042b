/** The arm and what stands around it, as the page draws them in 3D. Metres and radians, base frame, z up. */
import type { Vec3 } from "../core/vec3.ts";

export type ShapeKind = "plane" | "sphere" | "capsule" | "ellipsoid" | "cylinder" | "box";

/** Where it is in its parent's frame; the quaternion is (w, x, y, z). */
export interface Placed {
  readonly positionM: readonly number[];
  readonly quaternion: readonly number[];
}

export interface SceneShape extends Placed {
  readonly kind: ShapeKind;
  /** MuJoCo's half sizes, shape (3), metres. */
  readonly sizeM: readonly number[];
  readonly rgba: readonly number[];
}

/** A rigid body; parents come before children. */
export interface SceneBody extends Placed {
  readonly parent: number;
  /** Turns about (hinge) or moves along (slide) an axis that goes through `positionM` of the body; `index` is the joint of the robot's spec, `finger` where one of the gripper is closed and open, in metres or radians; a joint that is neither stays at its reference. */
  readonly joints: readonly {
    readonly kind: "hinge" | "slide";
    readonly axis: readonly number[];
    readonly positionM: readonly number[];
    readonly reference: number;
    readonly index: number | null;
    readonly finger: readonly [closed: number, open: number] | null;
  }[];
  readonly shapes: readonly SceneShape[];
}

export interface SceneBox {
  readonly name: string;
  readonly minM: Vec3;
  readonly maxM: Vec3;
}

export interface PageScene {
  readonly bodies: readonly SceneBody[];
  /** The tool point, in the frame of a body. */
  readonly tool: { readonly body: number; readonly positionM: readonly number[] };
  readonly tableZM: number;
  /** The tool point never leaves it. */
  readonly workspace: SceneBox;
  /** Fixed things as they are known. */
  readonly fixed: readonly SceneShape[];
  readonly keepOut: readonly SceneBox[];
  /** What the object of the task looks like, for where it is believed to be; null where nobody knows. */
  readonly object: SceneShape | null;
}
