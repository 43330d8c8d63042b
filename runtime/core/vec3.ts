/** A point or displacement in space, and the distance between two. */

export type Vec3 = readonly [number, number, number];
