/** `foresight doctor` of an arm on its own bus: what is out of bounds is said by servo with its remedy, and nothing is written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLink } from "../../launch/desk/link-doctor.ts";
import { servoLimitDefaults } from "../../runtime/bridge/servos/servo-limits.ts";
import { calibration } from "../helpers/desk-bench.ts";
import { type VirtualBus, virtualBus } from "../helpers/virtual-bus.ts";

async function examined(under: VirtualBus) {
  const { bus, clock } = under;
  const checks = await under.passUntil(checkLink({ bus, clock, calibration, limits: servoLimitDefaults, rateHz: 100, rounds: 100 }));
  assert.ok(
    under.port.written.every((frame) => frame[4] === 2 || frame[4] === 0x82),
    "it wrote",
  );
  return checks;
}

async function calibratedBus(): Promise<VirtualBus> {
  const under = await virtualBus({ hornSteps: [2101, 1987, 2230, 1890, 2012, 1700] });
  for (const { homing_offset, range_min, range_max, id } of Object.values(calibration)) {
    const { table } = under.arm.servos[id - 1]!;
    for (const [name, value] of [
      ["offsetSteps", homing_offset],
      ["positionMinSteps", range_min],
      ["positionMaxSteps", range_max],
      ["gainP", 16],
    ] as const)
      table.set(name, value);
  }
  for (const [name, value] of [
    ["torqueMaxShare", 0.5],
    ["protectionCurrentA", 1.625],
    ["overloadTorqueShare", 0.25],
  ] as const)
    under.arm.servos[5]!.table.set(name, value);
  return under;
}

test("an arm that is well: every servo answers, none lost, calibrated as its file says", async () => {
  await using under = await calibratedBus();
  const checks = await examined(under);
  assert.deepEqual(
    checks.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(checks.find(({ name }) => name === "lost answers")?.found, "0.0 of 1,000, 0 malformed, at most 5");
});

test("a bad cable is lost answers in 1,000; a servo that is out is named; factory gain, another calibration and a weak supply are told by servo", async () => {
  await using under = await calibratedBus();
  under.arm.wire.lose = 0.004;
  under.arm.servos[3]!.isThere = false;
  under.arm.servos[0]!.table.set("gainP", 32);
  under.arm.servos[1]!.table.set("offsetSteps", 7);
  under.arm.supplyV = 4.45;
  await under.passMs(10);
  const told = (await examined(under)).filter(({ ok }) => !ok).map(({ name, found, remedy }) => `${name}: ${found}; ${remedy}`);
  for (const expected of [
    /^servos: 5 of 6 answer; no answer from servo 4 \(wrist_flex\); look at the cable/,
    /^lost answers: \d+\.\d of 1,000.*; look at the cables/,
    /^servo 1 \(shoulder_pan\) settings: better: gainP 16; foresight setup-servos/,
    /^servo 2 \(shoulder_lift\): 4\.4 V.*not as the file says, which has offsetSteps -60; foresight calibrate/,
  ])
    assert.ok(
      told.some((text) => expected.test(text)),
      `${expected} not in\n${told.join("\n")}`,
    );
});
