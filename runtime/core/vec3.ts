/** A point or displacement in space, and the distance between two. */

export type Vec3 = readonly [number, number, number];

export const distanceM = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Over the table, whatever the heights. */
export const flatDistanceM = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
