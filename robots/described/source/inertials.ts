/** Whether a body can have the mass and inertia that a file gives it, and what would have to be added where not. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** xx, yy, zz, xy, xz, yz about the centre of mass, kg m^2. */
export type Inertia = readonly [number, number, number, number, number, number];

/** An inertia that no body has. */
export interface Misfit {
  readonly massKg: number;
  /** As written, about the principal axes, the smallest first. */
  readonly momentsKgM2: readonly number[];
  /** What they are not. */
  readonly why: string;
  /** The least that makes a body of it when it is added to all three. */
  readonly lackingKgM2: number;
  /** A few more digits in the file would have made it right. */
  readonly isRounding: boolean;
}

/** What has no size of its own is taken for a ball of water's density. */
const WATER_KG_M3 = 1000;
/** Share of the largest moment by which numbers of few digits miss. */
const ROUNDING = 0.01;
/** Nothing is left to the last bit. */
const SURPLUS = 1e-6;
/** Smaller than of anything that has a link's name: zero, with what a program's arithmetic left of it. kg m^2 */
const NOTHING_KG_M2 = 1e-13;

export const ballRadiusM = (massKg: number): number => Math.cbrt((3 * massKg) / (4 * Math.PI * WATER_KG_M3));
export const ballMomentKgM2 = (massKg: number): number => (2 / 5) * massKg * ballRadiusM(massKg) ** 2;

/** Null where a body can have it. */
export function inertiaMisfit(massKg: number, inertia: Inertia): Misfit | null {
  const [xx, yy, zz, xy, xz, yz] = inertia;
  if (![massKg, ...inertia].every(Number.isFinite) || massKg < 0) {
    const lackingKgM2 = massKg > 0 ? ballMomentKgM2(massKg) : 0;
    return { massKg, momentsKgM2: [xx, yy, zz], why: "is not made of finite numbers and a mass above 0", lackingKgM2, isRounding: false };
  }
  const rows = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  const values = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true }).realEigenvalues;
  const [a, b, c] = [...values].sort((one, other) => one - other) as [number, number, number];
  const most = Math.max(c, -a);
  const scale = most > NOTHING_KG_M2 ? most : 0;
  const missing = Math.max(c - a - b, -a) + SURPLUS * scale;
  if (scale > 0 && missing <= 0) return null;
  return {
    massKg,
    momentsKgM2: [a, b, c],
    why: a > 0 ? "needs two smaller moments that add up to the largest or more" : "needs three moments above 0",
    lackingKgM2: scale > 0 ? missing : ballMomentKgM2(massKg),
    isRounding: scale > 0 && missing < ROUNDING * scale,
  };
}
