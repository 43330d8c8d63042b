/** What a jogged joint says about its driver: is it this joint that moved, in this direction, by this much, and no other? */

export interface Jogged {
  /** Names in the order of the spec. */
  readonly names: readonly string[];
  readonly joint: number;
  /** What was commanded, signed. */
  readonly commandedRad: number;
  /** What every joint reports to have moved, shape (jointCount), radians if the driver is right. */
  readonly movedRad: ArrayLike<number>;
}

/** A joint follows within this share of what it was sent. */
const SHARE_OFF_MAX = 0.15;
/** Less than this share of the command is no motion. */
const SHARE_MIN = 0.1;
const DEGREES_PER_RADIAN = 180 / Math.PI;

/** Every problem as a sentence with its usual cause; empty when the joint is right. */
export function judgeJog({ names, joint, commandedRad, movedRad }: Jogged): readonly string[] {
  const name = names[joint]!;
  const shares = names.map((_, index) => movedRad[index]! / commandedRad);
  const share = shares[joint]!;
  if (!shares.every(Number.isFinite)) return [`joint "${name}": a reading is not a number`];
  const others = names.flatMap((other, index) => (index !== joint && Math.abs(shares[index]!) >= SHARE_MIN ? [other] : []));
  if (Math.abs(share) < SHARE_MIN)
    return others.length > 0
      ? [`joint "${name}": it was commanded and ${others.join(", ")} moved instead; set the order of the joints, or backend.joints.names`]
      : [`joint "${name}": did not move; look whether its controller is active and its brake released`];
  return [
    ...(share < 0 ? [`joint "${name}": turned the other way; its sign differs between driver and model`] : []),
    ...unitProblem(name, Math.abs(share)),
    ...(others.length > 0 ? [`joint "${name}": ${others.join(", ")} moved with it; their readings or commands are coupled`] : []),
  ];
}

function unitProblem(name: string, share: number): readonly string[] {
  if (Math.abs(share / DEGREES_PER_RADIAN - 1) < SHARE_OFF_MAX) return [`joint "${name}": reports degrees where radians belong`];
  if (Math.abs(share * DEGREES_PER_RADIAN - 1) < SHARE_OFF_MAX) return [`joint "${name}": takes radians for degrees`];
  if (Math.abs(share - 1) <= SHARE_OFF_MAX) return [];
  return [`joint "${name}": moved ${(share * 100).toFixed(0)} % of what was commanded; must be within ${SHARE_OFF_MAX * 100} % of it`];
}
