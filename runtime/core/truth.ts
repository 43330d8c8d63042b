/** What a simulation knows of its world. */
import type { Vec3 } from "./vec3.ts";

/** What the supervisor needs to know of the world when it is a simulation; used for goals and reports, never for decisions. */
export interface GroundTruth {
  readonly toolM: Vec3;
  readonly objectM: Vec3;
  readonly goalObjectM: Vec3;
  readonly goalToolM: Vec3;
}
