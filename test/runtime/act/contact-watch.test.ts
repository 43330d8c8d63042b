/** Tests for contact-watch.ts: what the model explains is no contact, what it does not is one when it lasts. */
import assert from "node:assert/strict";
import test from "node:test";
import { createContactWatch } from "../../../runtime/act/contact-watch.ts";
import type { JointCommand } from "../../../runtime/core/motion.ts";
import { atRest } from "../../../runtime/core/segment.ts";
import type { JointState } from "../../../runtime/core/sensing.ts";
import { joints, vector } from "../guard/fixtures.ts";

/** Three drives of 80 N m; each needs ten times its acceleration. */
const options = {
  ...{ joints, torqueShare: 0.25, frictionNm: vector(0, 0, 3) },
  torqueNm: ({ accelerationRadPerS2 }: JointCommand) => accelerationRadPerS2.map((value) => 10 * value),
};
const still = atRest(vector(0, 0, 0));
const at = (ms: number, changes: Partial<JointState> = {}): JointState => ({
  ...{ positionRad: vector(0, 0, 0), velocityRadPerS: vector(0, 0, 0), effortNm: vector(0, 0, 0) },
  ...{ stampNs: BigInt(ms) * 1_000_000n, receivedNs: BigInt(ms) * 1_000_000n, ...changes },
});

test("torque that the motion asks for is no contact, however much it is", () => {
  const watch = createContactWatch(options);
  const hard = { ...still, accelerationRadPerS2: vector(5, 0, 0) };
  for (let ms = 0; ms < 500; ms += 20) assert.equal(watch.check(at(ms, { effortNm: vector(55, 0, 0) }), hard), null);
});

test("torque that it does not ask for is one when it lasts: a single wrong reading is none, and it is told once", () => {
  const watch = createContactWatch(options);
  const touched = { effortNm: vector(0, -21, 0) };
  assert.equal(watch.check(at(0, touched), still), null);
  assert.equal(watch.check(at(20), still), null, "free again");
  assert.equal(watch.check(at(40, touched), still), null);
  assert.equal(watch.check(at(80, touched), still), null);
  const error = watch.check(at(100, touched), still);
  assert.equal(error?.code, "robot.contact");
  assert.match(error!.message, /^joint "b" gives 21\.0 N m that its model does not explain, at most 20\.0 N m: something touches the arm/);
  assert.equal(watch.check(at(120, touched), still), null, "told already");
  watch.forget();
  assert.equal(watch.check(at(140, touched), still), null);
  assert.ok(watch.check(at(200, touched), still), "a new task asks anew");
});

test("dry friction explains as much again, and a torque that is no number counts as contact", () => {
  const watch = createContactWatch(options);
  for (const ms of [0, 100]) assert.equal(watch.check(at(ms, { effortNm: vector(0, 0, 22.9) }), still), null);
  assert.equal(watch.check(at(200, { effortNm: vector(Number.NaN, 0, 0) }), still), null);
  assert.ok(watch.check(at(300, { effortNm: vector(Number.NaN, 0, 0) }), still));
});

test("an arm that tells no torques is judged by how far it is from its command, where a bound is given, more of it while it moves", () => {
  const { effortNm: _, ...silent } = at(0, { positionRad: vector(0.15, 0, 0) });
  const read = (ms: number): JointState => ({ ...silent, stampNs: BigInt(ms) * 1_000_000n });
  const none = createContactWatch(options);
  for (const ms of [0, 100, 200]) assert.equal(none.check(read(ms), still), null);
  const watch = createContactWatch({ ...options, trackingRad: 0.1 });
  const moving = { ...still, velocityRadPerS: vector(1, 0, 0) };
  for (const ms of [0, 100]) assert.equal(watch.check(read(ms), moving), null, "0.1 rad and a tenth of a second of its speed");
  assert.equal(watch.check(read(200), still), null);
  assert.match(watch.check(read(300), still)!.message, /^joint "a" is 0\.150 rad from its command, at most 0\.100 rad/);
});

test("what the arm does explains its torques as well as what it was told: commands that came late are no contact, something that holds it is", () => {
  const watch = createContactWatch(options);
  for (let ms = 0; ms < 500; ms += 20) {
    // Told to stand still, it speeds up by 5 rad/s2, since that command came late.
    const late = { velocityRadPerS: vector(0.005 * ms, 0, 0), effortNm: vector(50, 0, 0) };
    assert.equal(watch.check(at(ms, late), still), null, `${ms} ms`);
  }
  const hard = { ...still, accelerationRadPerS2: vector(5, 0, 0) };
  const held = { velocityRadPerS: vector(2.5, 0, 0), effortNm: vector(-25, 0, 0) };
  const told = [500, 520, 540, 560, 580].map((ms) => watch.check(at(ms, held), hard));
  assert.equal(told.filter((error) => error !== null).length, 1, "told 5 rad/s2 and doing none of it, it gives what neither asks for");
});

test("a reading that comes late is not judged: nobody knows what the drives were told meanwhile", () => {
  const watch = createContactWatch(options);
  const jerked = { effortNm: vector(0, 30, 0) };
  for (const ms of [0, 8, 16, 24]) assert.equal(watch.check(at(ms), still), null);
  for (const ms of [70, 120, 170, 220]) assert.equal(watch.check(at(ms, jerked), still), null, `${ms} ms`);
  assert.equal(watch.check(at(228, jerked), still), null, "the first in time");
  assert.equal(watch.check(at(236, jerked), still), null);
  for (const ms of [244, 252, 260, 268, 276, 284]) assert.equal(watch.check(at(ms, jerked), still), null);
  assert.ok(watch.check(at(292, jerked), still));
});

test("a reading that is told twice is one reading", () => {
  const watch = createContactWatch(options);
  const touched = { effortNm: vector(0, -21, 0) };
  assert.equal(watch.check(at(0, touched), still), null);
  assert.equal(watch.check(at(0, touched), still), null);
  assert.ok(watch.check(at(100, touched), still));
});
