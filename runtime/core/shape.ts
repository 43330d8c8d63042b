/** The shapes of things on a table: upright, described by what a ruler measures. */
import type { Vec3 } from "./vec3.ts";

export type Shape =
  | { readonly kind: "box"; readonly sizeM: Vec3 }
  | { readonly kind: "cylinder"; readonly radiusM: number; readonly heightM: number }
  | { readonly kind: "ball"; readonly radiusM: number };

/** From what it stands on to its centre. */
export function halfHeightM(shape: Shape): number {
  switch (shape.kind) {
    case "box":
      return shape.sizeM[2] / 2;
    case "cylinder":
      return shape.heightM / 2;
    case "ball":
      return shape.radiusM;
  }
}

/** Radius of the upright cylinder that it turns in. */
export function girthM(shape: Shape): number {
  return shape.kind === "box" ? Math.hypot(shape.sizeM[0], shape.sizeM[1]) / 2 : shape.radiusM;
}
