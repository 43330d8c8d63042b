/** Collision and visual elements of SDF from compiled shapes. */
import type { Geom } from "../../runtime/kinematics/compiled-model.ts";
import { colourText, type Element, numberText, poseElement, vectorText } from "./xml.ts";

/** A plane without a size of its own is written this large, metres. */
const PLANE_SIZE_M = 20;

/** What touches: the shapes with a collision bit. `friction` is unit-free, `frictionOf` says which to write for one. */
export const collisionsOf = (geoms: readonly Geom[], frictionOf: (geom: Geom) => number): readonly Element[] =>
  geoms.filter(doesTouch).map((geom) => {
    const friction = numberText(frictionOf(geom));
    return {
      "@name": `${geom.name}_collision`,
      pose: poseElement(geom.positionM, geom.quaternion),
      geometry: geometryOf(geom),
      surface: { friction: { ode: { mu: friction, mu2: friction } } },
    };
  });

export const visualsOf = (geoms: readonly Geom[]): readonly Element[] =>
  geoms
    .filter(({ isVisible }) => isVisible)
    .map((geom) => {
      const colour = colourText(geom.rgba);
      return {
        "@name": `${geom.name}_visual`,
        pose: poseElement(geom.positionM, geom.quaternion),
        geometry: geometryOf(geom),
        material: { ambient: colour, diffuse: colour, specular: "0 0 0 1" },
      };
    });

export const doesTouch = ({ contype, conaffinity }: Geom): boolean => contype !== 0 || conaffinity !== 0;

/** MuJoCo's rule for a pair. */
export const doTouch = (a: Geom, b: Geom): boolean => (a.contype & b.conaffinity) !== 0 || (b.contype & a.conaffinity) !== 0;

function geometryOf({ kind, sizeM }: Geom): Element {
  const [a, b, c] = sizeM as [number, number, number];
  switch (kind) {
    case "plane":
      return { plane: { normal: "0 0 1", size: vectorText([2 * a || PLANE_SIZE_M, 2 * b || PLANE_SIZE_M]) } };
    case "sphere":
      return { sphere: { radius: numberText(a) } };
    case "capsule":
      return { capsule: { radius: numberText(a), length: numberText(2 * b) } };
    case "ellipsoid":
      return { ellipsoid: { radii: vectorText([a, b, c]) } };
    case "cylinder":
      return { cylinder: { radius: numberText(a), length: numberText(2 * b) } };
    case "box":
      return { box: { size: vectorText([2 * a, 2 * b, 2 * c]) } };
  }
}
