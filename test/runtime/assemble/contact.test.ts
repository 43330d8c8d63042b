/** The simulated Panda is pushed by a person and runs into a wall: it stops, gives way a bounded little, and nothing moves again by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pandaSpec as spec } from "../../../robots/panda/spec.ts";
import { createLockstepRobot } from "../../../runtime/act/lockstep-robot.ts";
import { openBody } from "../../../runtime/assemble/body.ts";
import { BACK_OFF_RAD_MAX, createContact } from "../../../runtime/assemble/contact.ts";
import { ManualClock, nsToSeconds } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { displacementAxes } from "../../../runtime/core/model.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { defaultScene, type Obstacle, type SceneSpec } from "../../../runtime/core/scene.ts";
import { quinticSegment } from "../../../runtime/core/segment.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import type { SupervisorState } from "../../../runtime/core/supervision.ts";
import { lastGuard } from "../../../runtime/guard/last-guard.ts";
import { World } from "../../../sim/world.ts";

const LIMITS = { torqueShare: 0.25 };
const PERIOD_S = 0.2;

/** The arm over its table, in a world that waits; `pushN` is what a person pushes its hand with, along y. */
async function stage(scene: SceneSpec = defaultScene) {
  const world = await World.create(spec, scene);
  world.reset({ armRad: spec.homeRad });
  const hand = 6 * bodyNamed(world, "hand");
  const person = { pushN: 0 };
  const clock = new ManualClock();
  const joints = (stampNs: bigint): Sample => ({ kind: "joints", joints: { ...world.joints(), stampNs, receivedNs: stampNs } });
  const driver = {
    step(command: Parameters<World["step"]>[0], dtS: number): void {
      (world.data.xfrc_applied as Float64Array)[hand + 1] = person.pushN;
      world.step(command, dtS);
    },
    samplesNow: (stampNs: bigint) => [joints(stampNs)],
    async [Symbol.asyncDispose]() {
      world[Symbol.dispose]();
    },
  };
  const robot = createLockstepRobot({ spec, driver, clock, lastGuard, initialRad: spec.homeRad, periodS: PERIOD_S });
  const body = await openBody({
    robot: spec,
    model: { axes: displacementAxes({ axes: ["x", "y"], scaleM: 0.03 }), toolHeightM: 0.25, controlPeriodS: PERIOD_S },
    workspace: { minM: [0.2, -0.5, 0], maxM: [0.9, 0.5, 1], tableZM: 0, tableClearanceM: 0.01 },
    keepOut: [],
    ...{ maxObservationAgeMs: 400, maxPlanAgeMs: 300 },
  });
  const told: AgentError[] = [];
  let agent: SupervisorState["agent"] = "running";
  const contact = createContact({
    ...{ robot, clock, mode: "lockstep", body, state: () => ({ agent }), ...LIMITS },
    onContact(error) {
      told.push(error);
      agent = "stopping";
    },
  });
  robot.observe(new AbortController().signal).subscribe({ next: contact.sample, error: () => {} });
  return {
    ...{ world, robot, clock, contact, told, person },
    /** A period of turning the first joint by so much. */
    async turn(byRad: number, joint = 0): Promise<void> {
      const from = robot.commandedAt(clock.nowNs());
      const toRad = from.positionRad.with(joint, from.positionRad[joint]! + byRad);
      await robot.act(quinticSegment({ id: body.nextId(), startNs: clock.nowNs(), from, toRad, durationS: 0.4 }));
    },
    async [Symbol.asyncDispose]() {
      body[Symbol.dispose]();
      await robot[Symbol.asyncDispose]();
    },
  };
}

function bodyNamed(world: World, name: string): number {
  for (let id = 0; id < (world.model.nbody as number); id++) {
    const body = world.model.body(id);
    const found = body.name === name;
    body.delete();
    if (found) return id;
  }
  throw new Error(`no body "${name}"`);
}

const pressNm = ({ world }: { readonly world: World }): number => Math.max(...world.joints().effortNm!.map(Math.abs));

test("an arm that moves freely, fast and in every direction, is not touched", async () => {
  await using on = await stage();
  const rng = createRng(3);
  for (let index = 0; index < 60; index++) await on.turn(0.12 * rng.between(-1, 1), index % 7);
  assert.deepEqual(on.told, []);
});

test("against a wall it stops, gives way by a bounded little so that it presses no more, and moves no more by itself", async () => {
  const wall = {
    shape: { kind: "box", sizeM: [0.4, 0.04, 0.5] },
    ...{ centreM: [0.5, 0.22], yawRad: 0, liftM: 0, rgb: [0.5, 0.5, 0.5], friction: 0.5 },
  } as const satisfies Obstacle;
  await using on = await stage({ ...defaultScene, obstacles: { wall } });
  for (let index = 0; index < 12 && on.told.length === 0; index++) await on.turn(0.12);
  const [error] = on.told;
  assert.ok(error instanceof AgentError && error.code === "robot.contact", "it is noticed");
  assert.match(error.message, /^joint "joint\d" gives \d+\.\d N m that its model does not explain, at most \d+\.\d N m/);
  await on.robot.stop("touched");
  const [atRest, pressed] = [on.world.joints().positionRad, pressNm(on)];
  await on.contact.backOff();
  const after = on.world.joints().positionRad;
  const movedRad = Math.max(...after.map((rad, joint) => Math.abs(rad - atRest[joint]!)));
  assert.ok(after[0]! < atRest[0]! - 0.005, `back from the wall by ${atRest[0]! - after[0]!} rad`);
  assert.ok(movedRad <= 2 * BACK_OFF_RAD_MAX, `${movedRad} rad`);
  assert.ok(pressNm(on) < pressed, `${pressNm(on)} N m instead of ${pressed}`);
  await assert.rejects(() => on.turn(0.01), /stop/, "it takes nothing before it is told to go on");
  await on.contact.backOff();
  assert.deepEqual(on.world.joints().positionRad, after, "it gives way once");
  assert.equal(on.told.length, 1);
});

test("a person who says stop before it has given way is obeyed: it stays where it came to rest", async () => {
  await using on = await stage();
  on.person.pushN = 80;
  for (let index = 0; index < 10 && on.told.length === 0; index++) await on.robot.pass();
  assert.equal(on.told.length, 1);
  on.person.pushN = 0;
  await on.robot.stop("touched");
  const atRest = on.world.joints().positionRad;
  on.contact.forgo();
  await on.contact.backOff();
  assert.deepEqual(on.world.joints().positionRad, atRest);
});

test("a person who pushes the arm is noticed within half a second, also while it rests; a light touch is let pass", async () => {
  await using on = await stage();
  on.person.pushN = 5;
  for (let index = 0; index < 5; index++) await on.robot.pass();
  assert.deepEqual(on.told, []);
  on.person.pushN = 80;
  const pushedS = nsToSeconds(on.clock.nowNs());
  for (let index = 0; index < 10 && on.told.length === 0; index++) await on.robot.pass();
  assert.deepEqual(
    on.told.map(({ code }) => code),
    ["robot.contact"],
  );
  assert.ok(nsToSeconds(on.clock.nowNs()) - pushedS <= 0.5, `${nsToSeconds(on.clock.nowNs()) - pushedS} s`);
});
