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
