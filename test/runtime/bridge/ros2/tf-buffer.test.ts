/** Transforms between frames: known angles, inverse and composition by law, times between and outside, frames that do not meet. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compose, createTfBuffer, inverse, type Transform, transformPoint } from "../../../../runtime/bridge/ros2/tf-buffer.ts";
import { toTimeMsg } from "../../../../runtime/bridge/ros2/time.ts";

const about = (parent: string, child: string, x: number, angleZRad: number, stampNs = 0n) => ({
  header: { stamp: toTimeMsg(stampNs), frame_id: parent },
  child_frame_id: child,
  transform: {
    translation: { x, y: 0, z: 0 },
    rotation: { x: 0, y: 0, z: Math.sin(angleZRad / 2), w: Math.cos(angleZRad / 2) },
  },
});
const near = (actual: readonly number[], expected: readonly number[]): void => {
  for (const [index, value] of expected.entries()) assert.ok(Math.abs(actual[index]! - value) < 1e-9, `${actual} is not ${expected}`);
};

test("a camera 1 m ahead and turned by 90 degrees sees its own x axis as the base's y axis", () => {
  const tf = createTfBuffer();
  tf.add([about("base", "camera", 1, Math.PI / 2)], true);
  near(transformPoint(tf.lookup("base", "camera", null), [1, 0, 0]), [1, 1, 0]);
  near(transformPoint(tf.lookup("camera", "base", null), [1, 1, 0]), [1, 0, 0]);
});

test("two branches meet in their common frame, leading slashes do not matter", () => {
  const tf = createTfBuffer();
  tf.add([about("/world", "base", 1, 0), about("world", "camera", 5, Math.PI)], true);
  near(transformPoint(tf.lookup("base", "/camera", null), [1, 0, 0]), [3, 0, 0]);
});

test("between two stamps place and angle are in between, outside them it is said how far", () => {
  const tf = createTfBuffer();
  tf.add([about("base", "tool", 0, 0, 1_000_000_000n), about("base", "tool", 2, Math.PI / 2, 2_000_000_000n)], false);
  const half = tf.lookup("base", "tool", 1_500_000_000n);
  near(half.translationM, [1, 0, 0]);
  near(half.rotation, [0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)]);
  assert.throws(() => tf.lookup("base", "tool", 2_250_000_000n), /frame "tool" is known until 250\.0 ms before the time asked for/);
  assert.throws(() => tf.lookup("base", "tool", 900_000_000n), /frame "tool" is known from 100\.0 ms after the time asked for/);
});

test("frames that do not meet are named, with what is known", () => {
  const tf = createTfBuffer();
  tf.add([about("base", "tool", 0, 0)], true);
  assert.throws(() => tf.lookup("base", "camera", null), /no way from frame "camera" to "base"; known are tool/);
});

test("a loop of frames ends in an error, not in an endless walk", () => {
  const tf = createTfBuffer();
  tf.add([about("a", "b", 1, 0), about("b", "a", 1, 0)], true);
  assert.throws(() => tf.lookup("a", "c", null), /no way from frame "c" to "a"/);
});

const unit = fc.tuple(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.double({ min: 0.1, max: 1, noNaN: true }),
);
const place = fc.tuple(
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.double({ min: -5, max: 5, noNaN: true }),
);
const transform = fc.tuple(place, unit).map(([translationM, q]): Transform => {
  const length = Math.hypot(...q);
  return { translationM, rotation: [q[0] / length, q[1] / length, q[2] / length, q[3] / length] };
});

test("a transform after its inverse moves nothing, and composition is one after the other", () => {
  fc.assert(
    fc.property(transform, transform, place, (a, b, point) => {
      near(transformPoint(compose(a, inverse(a)), point), point);
      near(transformPoint(compose(a, b), point), transformPoint(a, transformPoint(b, point)));
    }),
  );
});
