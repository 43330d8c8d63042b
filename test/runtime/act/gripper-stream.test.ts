/** The gripper as a channel of the command stream: what it was told holds until it is told something else, and a stop lets go of nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCommandLoop } from "../../../runtime/act/command-loop.ts";
import { acceptedSegment } from "../../../runtime/act/messages.ts";
import { createStream } from "../../../runtime/act/stream.ts";
import type { GripperCommand, Segment } from "../../../runtime/core/motion.ts";
import type { RobotSpec } from "../../../runtime/core/robot.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { grippingSpec, twoJointSpec } from "../../helpers/kinematic-arm.ts";

const MS = 1_000_000n;
const close: GripperCommand = { openingM: 0, speedMPerS: 0.1, forceN: 20 };
const open: GripperCommand = { openingM: 0.08, speedMPerS: 0.1, forceN: 20 };
const held = (command: GripperCommand): GripperCommand => ({ ...command, speedMPerS: 0 });

function make(spec: RobotSpec = grippingSpec) {
  const stream = createStream({ spec, initialRad: spec.homeRad, startNs: 0n });
  const segment = (id: number, startMs: number, gripper?: GripperCommand): Segment => {
    const startNs = BigInt(startMs) * MS;
    return quinticSegment({ id, startNs, from: stream.commandedAt(startNs), toRad: [0.2, -0.3], durationS: 0.2, gripper });
  };
  return { stream, segment };
}

test("a gripper that was told nothing is told nothing", () => {
  const { stream, segment } = make();
  stream.accept(segment(0, 10), 0n);
  assert.equal("gripper" in stream.commandedAt(5n * MS), false);
  assert.equal("gripper" in stream.commandedAt(500n * MS), false);
  assert.equal("gripper" in stream.stop(60n * MS, "enough"), false);
});

test("what the gripper is told holds from its segment's start, through later segments, until another is told", () => {
  const { stream, segment } = make();
  stream.accept(segment(0, 10, close), 0n);
  stream.accept(segment(1, 200), 150n * MS);
  stream.accept(segment(2, 600, open), 500n * MS);
  assert.equal(stream.commandedAt(9n * MS).gripper, undefined);
  for (const ms of [10n, 100n, 250n, 599n]) assert.deepEqual(stream.commandedAt(ms * MS).gripper, close);
  assert.deepEqual(stream.commandedAt(5000n * MS).gripper, open);
});

test("a stop holds the gripper: it goes no further, it does not open, and keeps its force", () => {
  const { stream, segment } = make();
  stream.accept(segment(0, 10, close), 0n);
  stream.stop(60n * MS, "enough");
  assert.deepEqual(stream.commandedAt(60n * MS).gripper, held(close));
  stream.resume();
  stream.accept(segment(1, 600), 500n * MS);
  assert.deepEqual(stream.commandedAt(2000n * MS).gripper, held(close), "nor does it go on by itself afterwards");
});

test("what a keeper says of a stop is well-formed, early in a motion and where the motion itself is the way to rest", () => {
  for (const ms of [60n, 205n]) {
    const { stream, segment } = make();
    stream.accept(segment(0, 10, close), 0n);
    assert.deepEqual(acceptedSegment.parse(stream.stop(ms * MS, "enough")).gripper, held(close));
  }
});

test("a segment that tells the gripper what it cannot do is rejected", () => {
  const { stream, segment } = make();
  const answer = stream.accept(segment(0, 10, { ...open, openingM: 0.2 }), 0n);
  assert.ok(answer.kind === "rejected" && answer.reason === "malformed");
  assert.match(answer.message, /^segment 0: robot "gripping": gripper: opening 0.2 m is outside \[0, 0.08\] m/);
  assert.equal(stream.accept(segment(1, 10, open), 0n).kind, "accepted");
});

test("a robot without a gripper rejects a segment that has something to tell one", () => {
  const { stream, segment } = make(twoJointSpec);
  const answer = stream.accept(segment(0, 10, open), 0n);
  assert.ok(answer.kind === "rejected");
  assert.match(answer.message, /^segment 0: robot "two-joint": gripper: this robot has none/);
});

test("after a silence the stream brakes and holds the gripper", () => {
  const { loop, stream, segment } = makeLoop();
  for (let ms = 4n; ms <= 60n; ms += 4n) {
    if (ms === 8n) stream.accept(segment(0, 10, close), 8n * MS);
    loop.beat(ms * MS);
  }
  assert.deepEqual(loop.sent.gripper, close);
  loop.beat(150n * MS);
  assert.deepEqual(loop.sent.gripper, held(close));
});

test("a command that the last guard refuses holds the gripper where it was told last", () => {
  const { loop, stream, segment } = makeLoop();
  stream.accept(segment(0, 10, close), 0n);
  for (let ms = 4n; ms <= 40n; ms += 4n) loop.beat(ms * MS);
  const broken = { ...segment(1, 48, open), gripper: { ...open, speedMPerS: Number.NaN } };
  const verdict = lastGuard(loop.sent, { ...loop.sent, gripper: broken.gripper }, 0.004, grippingSpec.joints, grippingSpec.gripper);
  assert.match(verdict.heldWhy ?? "", /^gripper: speed NaN m\/s is outside/);
  assert.deepEqual(verdict.command.gripper, held(close));
});

test("an arm that was placed has its gripper held as the placement left it, or as it was told last", () => {
  const { loop, stream, segment } = makeLoop();
  stream.accept(segment(0, 10, close), 0n);
  for (let ms = 4n; ms <= 40n; ms += 4n) loop.beat(ms * MS);
  loop.placedAt([0, 0], 600n * MS, "placed");
  assert.deepEqual(loop.beat(604n * MS).gripper, held(close));
  loop.placedAt([0, 0], 700n * MS, "placed", { openingM: 0.05, speedMPerS: 0, forceN: 10 });
  assert.deepEqual(loop.beat(704n * MS).gripper, { openingM: 0.05, speedMPerS: 0, forceN: 10 });
});

function makeLoop() {
  const made = make();
  const loop = createCommandLoop({
    spec: grippingSpec,
    stream: made.stream,
    lastGuard,
    initialRad: grippingSpec.homeRad,
    startNs: 0n,
    onOverride: () => {},
  });
  return { ...made, loop };
}
