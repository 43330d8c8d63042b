/** When an arm's readings are believed, and what is said of those that are not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSettledReading } from "../../../runtime/act/settled-reading.ts";
import type { JointSpec } from "../../../runtime/core/robot.ts";
import { twoJointSpec } from "../../helpers/kinematic-arm.ts";

const MS = 1_000_000n;

function make(joints: readonly JointSpec[] = twoJointSpec.joints) {
  const reading = createSettledReading(joints);
  let nowMs = 0;
  const under = {
    /** Readings 10 ms apart. */
    read(count: number, ...positionRad: number[]) {
      for (let index = 0; index < count; index++) {
        nowMs += 10;
        const stampNs = BigInt(nowMs) * MS;
        const velocityRadPerS = new Float64Array(positionRad.length);
        reading.take({ positionRad: Float64Array.from(positionRad), velocityRadPerS, stampNs, receivedNs: stampNs });
      }
      return under;
    },
    silent(ms: number) {
      nowMs += ms;
      return under;
    },
    stands: () => reading.standsAt(BigInt(nowMs) * MS),
    objection: () => reading.objection(BigInt(nowMs) * MS),
    reading,
  };
  return under;
}

test("an arm stands where five readings in a row, over a tenth of a second, agree", () => {
  const under = make().read(10, 1.2, -0.9);
  assert.equal(under.stands(), null);
  assert.match(under.objection().message, /^joints: 10 new readings, must be 5 or more over 100 ms that agree/);
  assert.deepEqual(under.read(1, 1.2, -0.9).stands(), Float64Array.of(1.2, -0.9));
});

test("four readings are too few however long they take, and one told again counts once", () => {
  const under = make();
  for (let index = 0; index < 4; index++) under.silent(60).read(1, 1.2, -0.9);
  assert.equal(under.stands(), null);
  const repeated = { positionRad: Float64Array.of(1.2, -0.9), velocityRadPerS: new Float64Array(2), stampNs: 1n, receivedNs: 0n };
  const twice = createSettledReading(twoJointSpec.joints);
  for (let ms = 0; ms <= 400; ms += 10) twice.take({ ...repeated, receivedNs: BigInt(ms) * MS });
  assert.equal(twice.standsAt(400n * MS), null);
});

test("zeros before the first word of the hardware do not count: the readings begin anew where they jump", () => {
  const under = make().read(8, 0, 0).read(1, 1.2, -0.9);
  assert.equal(under.objection().code, "sense.jump");
  assert.match(
    under.objection().message,
    /^joint "shoulder": read 0\.000 rad and, 80 ms later, 1\.200 rad, readings must agree within 0\.01 rad over 100 ms; let the arm rest/,
  );
  assert.equal(under.read(9, 1.2, -0.9).stands(), null);
  assert.deepEqual(under.read(1, 1.2, -0.9).stands(), Float64Array.of(1.2, -0.9));
});

for (const [name, position, code, message] of [
  ["that is no number", [1.2, Number.NaN], "sense.not-finite", /^joint "elbow": position NaN rad, velocity 0 rad\/s, must be finite/],
  [
    "in degrees",
    [68.8, -51.6],
    "sense.out-of-range",
    /^joint "shoulder": position 68\.800 rad is outside \[-2\.8, 2\.8\] rad by more than 0\.05 rad; is it told in degrees\?$/,
  ],
  ["of another arm", [1, 2, 3], "sense.wrong-size", /^joints: 3 positions and 3 velocities, must be 2 each/],
] as const)
  test(`a reading ${name} is named, and nothing before it counts`, () => {
    const under = make()
      .read(20, 1.2, -0.9)
      .read(1, ...position);
    assert.equal(under.stands(), null);
    assert.equal(under.objection().code, code);
    assert.match(under.objection().message, message);
  });

test("two that tell different joints never agree, and a slow drift does not either", () => {
  const under = make();
  for (let index = 0; index < 50; index++) under.read(1, index % 2 ? 1.2 : 0.3, -0.9);
  assert.equal(under.stands(), null);
  for (let index = 0; index < 50; index++) assert.equal(under.read(1, 0.3 + index * 0.003, -0.9).stands(), null);
});

test("readings that ended half a second ago say nothing of now", () => {
  const under = make().read(20, 1.2, -0.9).silent(501);
  assert.equal(under.stands(), null);
  assert.match(under.objection().message, /^joints: no new readings/);
});

test("a joint that leans a little beyond its limit stands there; a continuous one may be told a turn further", () => {
  assert.ok(make().read(20, 2.84, 0).stands());
  assert.equal(make().read(20, 2.86, 0).stands(), null);
  const endless = {
    ...twoJointSpec.joints[0]!,
    type: "continuous",
    positionMinRad: Number.NEGATIVE_INFINITY,
    positionMaxRad: Number.POSITIVE_INFINITY,
  } as const;
  const turning = make([endless]);
  for (let index = 0; index < 20; index++) turning.read(1, index % 2 ? Math.PI - 0.001 : -Math.PI + 0.001);
  assert.ok(turning.stands());
});
