/** Whether the tool, or any point of a link, comes to where it must not be: keep-outs with their margins, for links the table, and one another. A link that begins there may leave, and comes no deeper. */
import type { JointCommand } from "../../../../runtime/core/motion.ts";
import type { Vec3 } from "../../../../runtime/core/vec3.ts";
import type { Workspace } from "../../../../runtime/core/workspace.ts";
import type { KeepOut } from "../../../../runtime/guard/keep-out.ts";
import { LINKS_APART_M } from "../../../../runtime/guard/links.ts";
import type { LinkPoint, OwnArm } from "./own-arm.ts";

/** A guard looks at instants too: so far into a margin something may come between two of them. */
const BETWEEN = { toolM: 1e-3, linksM: 3e-3, apartM: 5e-3 } as const;

/** In words, or null. */
export function insideTool(tool: readonly Vec3[], keepOut: readonly KeepOut[]): string | null {
  for (const zone of keepOut) {
    const allowedM = zone.marginM - BETWEEN.toolM;
    if (!(clearanceM(tool[0]!, zone) >= allowedM)) continue;
    const sample = tool.findIndex((at) => !(clearanceM(at, zone) >= allowedM));
    if (sample >= 0) return `the tool is in "${zone.name}" at sample ${sample}: ${tool[sample]!.join(", ")} m`;
  }
  return null;
}

export interface Places extends Pick<OwnArm, "pointsAt"> {
  readonly keepOut: readonly KeepOut[];
  readonly workspace: Pick<Workspace, "tableZM">;
}

/** In words, or null. */
export function insideLinks(motions: readonly JointCommand[], { keepOut, workspace, pointsAt }: Places): string | null {
  const aboveTableM = ([, , z]: Vec3): number => z - workspace.tableZM;
  const isNear = (centreM: Vec3, boundM: number): boolean =>
    !(aboveTableM(centreM) >= boundM) || keepOut.some((zone) => !(clearanceM(centreM, zone) - zone.marginM >= boundM));
  const looks = motions.map(({ positionRad }) => pointsAt(positionRad, isNear));
  const places = [
    ...keepOut.map((zone) => ({ name: zone.name, freeM: ({ atM, radiusM }: LinkPoint) => clearanceM(atM, zone) - radiusM - zone.marginM })),
    { name: "table", freeM: ({ atM, radiusM, isHand }: LinkPoint) => (isHand ? Number.POSITIVE_INFINITY : aboveTableM(atM) - radiusM) },
  ];
  for (const { name, freeM } of places) {
    const beganM = new Map<string, number>();
    for (const point of looks[0]!) beganM.set(point.link, Math.min(beganM.get(point.link) ?? 0, freeM(point)));
    for (const [look, points] of looks.entries()) {
      const point = points.find((each) => !(freeM(each) >= (beganM.get(each.link) ?? 0) - BETWEEN.linksM));
      if (point) return `${point.link} is in "${name}" at look ${look}: ${point.atM.join(", ")} m`;
    }
  }
  return null;
}

/** Links that come nearer to one another than they may, and than they were. In words, or null. */
export function tooNear(motions: readonly JointCommand[], { apartAt }: Pick<OwnArm, "apartAt">): string | null {
  const startM = apartAt(motions[0]!.positionRad, LINKS_APART_M)?.distanceM ?? LINKS_APART_M;
  const allowedM = Math.min(startM, LINKS_APART_M) - BETWEEN.apartM;
  for (const [look, { positionRad }] of motions.entries()) {
    const near = apartAt(positionRad, LINKS_APART_M);
    if (near && !(near.distanceM >= allowedM)) return `${near.between.join(" and ")} are ${near.distanceM} m apart at look ${look}`;
  }
  return null;
}

/** From a point to a zone without its margin; inside a box, minus how deep. Written out by axis: it is asked for every point of every look. */
function clearanceM([x, y, z]: Vec3, zone: KeepOut): number {
  if ("radiusM" in zone)
    return Math.sqrt((x - zone.centreM[0]) ** 2 + (y - zone.centreM[1]) ** 2 + (z - zone.centreM[2]) ** 2) - zone.radiusM;
  const { minM, maxM } = zone;
  const nearX = Math.min(maxM[0], Math.max(minM[0], x));
  const nearY = Math.min(maxM[1], Math.max(minM[1], y));
  const nearZ = Math.min(maxM[2], Math.max(minM[2], z));
  const awayM = Math.sqrt((x - nearX) ** 2 + (y - nearY) ** 2 + (z - nearZ) ** 2);
  if (!(awayM === 0)) return awayM;
  return -Math.min(x - minM[0], maxM[0] - x, y - minM[1], maxM[1] - y, z - minM[2], maxM[2] - z);
}
