/** What an arm does under its own weight is measured joint by joint, by moves that the guards let pass, and said with the line of the launch file that mends it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMotion } from "../../launch/desk/arm-doctor.ts";
import { NO_MODEL } from "../../launch/desk/no-model.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { openBody } from "../../runtime/assemble/body.ts";
import { deskBench } from "../helpers/desk-bench.ts";

const WIDE = { minM: [0.05, -0.3, 0.015], maxM: [0.45, 0.3, 0.4], tableZM: 0, tableClearanceM: 0.01 } as const;

async function measured({ gainP = 16, workspace = WIDE as Parameters<typeof openBody>[0]["workspace"], isHeld = false } = {}) {
  await using desk = await deskBench();
  for (const { table } of desk.arm.servos) {
    table.set("torqueEnable", 1);
    table.set("gainP", gainP);
  }
  desk.arm.place({ armRad: so101Spec.homeRad });
  const robot = await desk.start();
  using body = await openBody({ robot: so101Spec, model: NO_MODEL, workspace, keepOut: [], maxObservationAgeMs: 300, maxPlanAgeMs: 300 });
  const before = desk.angles();
  if (isHeld) desk.arm.handRad = before;
  let isDone = false;
  const checking = checkMotion({
    ...{ robot, clock: desk.clock, body, supplyV: async () => 7.3, voltageMinV: 4.5, leadMs: 0, latencyMs: {}, say: () => {} },
  }).finally(() => {
    isDone = true;
  });
  checking.catch(() => {}); // Awaited below.
  for (let passedMs = 0; !isDone && passedMs < 120_000; passedMs += 50) await desk.passMs(50);
  const checks = await checking;
  assert.ok(
    desk.angles().every((rad, joint) => Math.abs(rad - before[joint]!) < 0.02),
    "it ends where it began",
  );
  return checks;
}
const sagOf = (checks: Awaited<ReturnType<typeof measured>>, joint: string): number =>
  Number(/sags by (-?[\d.]+)/.exec(checks.find(({ name }) => name === `${joint} at rest`)?.found ?? "")?.[1]);

test("an arm that is well: no joint sags or has play beyond the bounds, and how far its servos lag is told as backend.leadMs", async () => {
  const checks = await measured();
  assert.deepEqual(
    checks.filter(({ ok, needed }) => needed && !ok),
    [],
  );
  const lag = checks.find(({ name }) => name === "shoulder_pan lag");
  const ms = Number(/^(\d+) ms/.exec(lag?.found ?? "")?.[1]);
  assert.ok(ms >= 60 && ms <= 110, `${lag?.found}`);
  assert.equal(lag?.remedy, `backend.leadMs: ${ms}`);
  assert.equal(checks.find(({ name }) => name === "supply under load")?.found, "7.3 V at the lowest, at least 4.5 V");
});

test("an arm that somebody holds while it is measured is not well: each joint is said not to move", async () => {
  const checks = await measured({ isHeld: true });
  const wrong = checks.filter(({ name, ok }) => !ok && name.endsWith(" moves"));
  assert.equal(wrong.length, so101Spec.joints.length);
  assert.match(wrong[0]!.found, /^by 0\.0\d\d rad where it was told 0\.12 rad to and fro$/);
});

test("softer servos sag more under the arm's weight, in the joints that carry it", async () => {
  const [stiff, soft] = [await measured(), await measured({ gainP: 2 })];
  const carries = (checks: Awaited<ReturnType<typeof measured>>): number => Math.abs(sagOf(checks, "elbow_flex"));
  assert.ok(carries(soft) > 3 * carries(stiff) && carries(soft) > 0.002, `${carries(stiff)} then ${carries(soft)} rad`);
});

test("where the guards let the arm go nowhere it is not moved, and it is said where to go first", async () => {
  const tight = { ...WIDE, minM: [0.2, -0.001, 0.015], maxM: [0.22, 0.001, 0.4] } as const;
  await assert.rejects(
    measured({ workspace: tight }),
    /doctor: the arm may not move there \(workspace.*jog it into the middle of its work area/,
  );
});
