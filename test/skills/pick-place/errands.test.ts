import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sight } from "../../../runtime/core/play.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultWorkArea } from "../../../runtime/core/work-area.ts";
import { leave, type Thing } from "../../../skills/pick-place/errands.ts";

const steps = { stepM: 0.03, turnRad: 0.3 };
const thing: Thing = {
  name: "cube",
  shape: { kind: "box", sizeM: [0.05, 0.05, 0.05] },
  widthM: 0.05,
  tableZM: 0,
  area: defaultWorkArea,
};
const DECISIONS_MAX = 40;

/** Where a hand that does as it is told ends, from over the table's middle with closed fingers, turned by half a radian. */
function left(seed: number): { readonly sight: Sight; readonly grippers: ReadonlySet<number | undefined> } {
  const errand = leave(createRng(seed), steps, thing);
  const objects = { cube: { positionM: [0.5, 0, 0.025] as const, yawRad: 0 } };
  const grippers = new Set<number | undefined>();
  let sight: Sight = { toolM: [0.5, 0, 0.03], objects, openingM: 0.05, yawRad: 0.5 };
  for (let decision = 0; decision < DECISIONS_MAX; decision++) {
    const wanted = errand(sight);
    if (!wanted) return { sight, grippers };
    grippers.add(wanted.gripper);
    const [x, y, z] = sight.toolM;
    const toolM = [x + steps.stepM * (wanted.x ?? 0), y + steps.stepM * (wanted.y ?? 0), z + steps.stepM * (wanted.z ?? 0)] as const;
    sight = { ...sight, toolM, yawRad: sight.yawRad! + steps.turnRad * (wanted.yaw ?? 0) };
  }
  throw new Error(`seed ${seed}: still under way after ${DECISIONS_MAX} decisions`);
}

describe("leaving after an errand", () => {
  const ends = Array.from({ length: 200 }, (_, seed) => left(seed));

  it("ends above the table, anywhere over the work area", () => {
    const { xM, yM, heightM } = defaultWorkArea;
    for (const [axis, [low, high]] of [xM, yM, heightM].entries()) {
      const places = ends.map(({ sight }) => sight.toolM[axis]!);
      const [least, most] = [Math.min(...places), Math.max(...places)];
      assert.ok(least > low - 0.02 && most < high + 0.02, `axis ${axis}: ${least} to ${most} m, the area is ${low} to ${high} m`);
      assert.ok(most - least > 0.8 * (high - low), `axis ${axis}: only ${least} to ${most} m of ${low} to ${high} m`);
    }
  });

  it("has the fingers open all the way", () => {
    for (const { grippers } of ends) assert.deepEqual([...grippers], [1]);
  });

  it("turns the hand back about half of the times, as a goal has it", () => {
    const back = ends.filter(({ sight }) => Math.abs(sight.yawRad!) < 0.13).length;
    assert.ok(back > 0.4 * ends.length && back < 0.8 * ends.length, `${back} of ${ends.length}`);
  });
});
