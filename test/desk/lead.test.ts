/** An arm that follows another one led by hand: slowly at first, closely then, and not at all where a person would not expect it to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, merge, Subject } from "rxjs";
import { so101Spec } from "../../robots/so101/spec.ts";
import { openBody } from "../../runtime/assemble/body.ts";
import { type LeadPhase, leadArm } from "../../runtime/assemble/lead.ts";
import { type LeaderArm, openLeaderArm } from "../../runtime/bridge/servos/leader.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { displacementAxes } from "../../runtime/core/model.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { calibration, type DeskBench, deskBench, HORN_STEPS } from "../helpers/desk-bench.ts";
import { type VirtualBus, virtualBus } from "../helpers/virtual-bus.ts";

const JAW = 5;

interface Led extends AsyncDisposable {
  readonly desk: DeskBench;
  readonly leader: VirtualBus;
  readonly phases: (readonly [LeadPhase, string | null])[];
  readonly phase: () => LeadPhase;
  clutch(isClosed: boolean): void;
  /** The next motion is refused so, and the keeper says it too. */
  refuse(fault: AgentError): void;
  /** Where the hand leads the leader: a posture of all six joints. */
  hand(rad: readonly number[]): void;
  end(): Promise<void>;
}

async function led({ leadsGripper = true } = {}): Promise<Led> {
  const desk = await deskBench({ spec: so101Spec });
  const leader = await virtualBus({ hornSteps: HORN_STEPS, clock: desk.clock });
  for (const [index, name] of leader.body.names.entries()) {
    const { homing_offset, range_min, range_max } = calibration[name]!;
    const { table } = leader.arm.servos[index]!;
    table.set("offsetSteps", homing_offset);
    table.set("positionMinSteps", range_min);
    table.set("positionMaxSteps", range_max);
  }
  for (const { table } of desk.arm.servos) table.set("torqueEnable", 1); // Held at rest, as the program before left it.
  desk.arm.place({ armRad: so101Spec.homeRad });
  leader.arm.handRad = [...desk.angles()];
  const robot = await desk.start();
  const arm: LeaderArm = await desk.passUntil(openLeaderArm({ bus: leader.bus, spec: so101Spec, calibration, clock: desk.clock }));
  const body = await openBody({
    robot: so101Spec,
    model: { axes: displacementAxes({ axes: ["x", "y", "z"], scaleM: 0.03 }), toolHeightM: null, controlPeriodS: 0.2 },
    workspace: { minM: [0.05, -0.3, 0.015], maxM: [0.45, 0.3, 0.4], tableZM: 0, tableClearanceM: 0.01 },
    keepOut: [],
    maxObservationAgeMs: 300,
    maxPlanAgeMs: 300,
  });
  const phases: [LeadPhase, string | null][] = [];
  const ending = new AbortController();
  let isClosed = false;
  let refusal: AgentError | null = null;
  const told = new Subject<AgentError>();
  const refusing: Robot = {
    ...robot,
    faults: merge(robot.faults ?? EMPTY, told),
    async act(segment) {
      const why = refusal;
      refusal = null;
      if (why) throw why;
      return robot.act(segment);
    },
  };
  const leading = leadArm(
    {
      ...{ robot: refusing, clock: desk.clock, body, leader: arm, leadsGripper },
      isClutched: () => isClosed,
      onPhase: (phase, why) => phases.push([phase, why]),
    },
    ending.signal,
  );
  leading.catch(() => {}); // `end` says so.
  const end = async (): Promise<void> => {
    ending.abort();
    await desk.passUntil(leading);
  };
  return {
    desk,
    leader,
    phases,
    phase: () => phases.at(-1)?.[0] ?? "apart",
    clutch: (closed) => (isClosed = closed),
    refuse(fault) {
      refusal = fault;
      told.next(fault);
    },
    hand: (rad) => (leader.arm.handRad = [...rad]),
    end,
    async [Symbol.asyncDispose]() {
      await end().catch(() => {});
      await leader[Symbol.asyncDispose]();
      await desk[Symbol.asyncDispose]();
      body[Symbol.dispose]();
    },
  };
}

const led1 = (home: readonly number[], change: Readonly<Record<number, number>>): number[] =>
  home.map((value, joint) => value + (change[joint] ?? 0));

test("nothing moves before the clutch is closed, however the leader is moved", async () => {
  await using rig = await led();
  const before = rig.desk.angles();
  rig.hand(led1(before, { 0: 0.5 }));
  await rig.desk.passMs(1500);
  assert.ok(Math.abs(rig.desk.angles()[0]! - before[0]!) < 0.01);
  assert.equal(rig.phase(), "apart");
});

test("the arm goes to where the leader stands slowly, and only then along with it; with the clutch open it holds", async () => {
  await using rig = await led();
  const home = rig.desk.angles();
  rig.hand(led1(home, { 0: 0.6 }));
  await rig.desk.passMs(2500);
  let fastest = 0;
  const stop = rig.desk.clock.every(10, () => {
    fastest = Math.max(fastest, Math.abs(rig.desk.body.velocityRadPerS(0)));
  });
  rig.clutch(true);
  await rig.desk.passMs(4000);
  stop();
  assert.equal(rig.phase(), "following", JSON.stringify(rig.phases));
  assert.ok(fastest < 0.5, `aligned with ${fastest} rad/s`);
  assert.ok(Math.abs(rig.desk.angles()[0]! - rig.leader.body.angleRad(0)) < 0.03);
  rig.hand(led1(home, { 0: -0.2, 4: 0.5 }));
  await rig.desk.passMs(2500);
  for (const joint of [0, 4])
    assert.ok(Math.abs(rig.desk.angles()[joint]! - rig.leader.body.angleRad(joint)) < 0.03, `joint ${joint} did not follow`);
  rig.clutch(false);
  await rig.desk.passMs(600);
  const held = rig.desk.angles();
  rig.hand(led1(home, { 0: 0.4 }));
  await rig.desk.passMs(1500);
  assert.ok(Math.abs(rig.desk.angles()[0]! - held[0]!) < 0.01, "it followed without a clutch");
  assert.deepEqual(rig.desk.faults, []);
});

test("a computer that was busy for an instant does not end the leading; anything else that the arm says holds it until the clutch was opened and closed", async () => {
  await using rig = await led();
  const home = rig.desk.angles();
  rig.clutch(true);
  await rig.desk.passMs(1000);
  rig.refuse(new AgentError("robot.stalled", "planned before the arm braked"));
  rig.hand(led1(home, { 0: 0.2 }));
  await rig.desk.passMs(2000);
  assert.equal(rig.phase(), "following");
  assert.ok(Math.abs(rig.desk.angles()[0]! - rig.leader.body.angleRad(0)) < 0.03, "it did not follow");
  rig.refuse(new AgentError("robot.aborted", "the last guard holds"));
  await rig.desk.passMs(200);
  const [phase, why] = rig.phases.at(-1)!;
  assert.deepEqual([phase, why], ["apart", "the last guard holds; the arm holds; open the clutch and close it again"]);
  const held = rig.desk.angles();
  rig.hand(led1(home, { 0: -0.2 }));
  await rig.desk.passMs(2000);
  assert.ok(Math.abs(rig.desk.angles()[0]! - held[0]!) < 0.03, "it followed");
  for (const after of ["apart", "following"]) {
    rig.clutch(false);
    await rig.desk.passMs(200);
    rig.clutch(true);
    await rig.desk.passMs(after === "apart" ? 200 : 4000); // The first motion is the one that is refused.
    assert.equal(rig.phase(), after);
  }
});

test("a leader that is too far away is not followed: the arm holds, says which joint, and waits until the clutch was opened and closed", async () => {
  await using rig = await led();
  const home = rig.desk.angles();
  rig.clutch(true);
  await rig.desk.passMs(1000);
  assert.equal(rig.phase(), "following");
  rig.leader.arm.place({ armRad: led1(home.slice(0, 5), { 0: 1.2 }) }); // Dropped, thrown: it is there at once.
  rig.hand(led1(home, { 0: 1.2 }));
  await rig.desk.passMs(1000);
  const [phase, why] = rig.phases.at(-1)!;
  assert.equal(phase, "apart");
  assert.match(
    why ?? "",
    /joint "shoulder_pan": the leader is 1\.\d\d rad from the arm, at most 0\.8 rad while it follows; the arm holds; open the clutch/,
  );
  assert.ok(Math.abs(rig.desk.angles()[0]! - home[0]!) < 0.05);
  rig.clutch(false);
  await rig.desk.passMs(200);
  rig.clutch(true);
  await rig.desk.passMs(5000);
  assert.equal(rig.phase(), "following");
});

test("a leader whose cable comes loose leads nobody: the arm holds and says so", async () => {
  await using rig = await led();
  rig.clutch(true);
  await rig.desk.passMs(1000);
  rig.leader.arm.servos[2]!.isThere = false;
  await rig.desk.passMs(800);
  assert.match(rig.phases.at(-1)![1] ?? "", /the leader has not answered for 300 ms; look at its cable; the arm holds/);
});

test("an arm that stops by itself says why and is led on only when the clutch was opened and closed", async () => {
  await using rig = await led();
  const home = rig.desk.angles();
  rig.clutch(true);
  await rig.desk.passMs(1000);
  rig.desk.arm.servos[2]!.isThere = false;
  await rig.desk.passMs(800);
  assert.ok(
    rig.phases.some(([phase, why]) => phase === "apart" && /servo 3 \(elbow_flex\).*; the arm holds; open the clutch/.test(why ?? "")),
    JSON.stringify(rig.phases),
  );
  rig.desk.arm.servos[2]!.isThere = true;
  rig.hand(led1(home, { 0: 0.3 }));
  await rig.desk.passMs(1500);
  assert.equal(rig.phase(), "apart");
  assert.ok(Math.abs(rig.desk.angles()[0]! - home[0]!) < 0.02, "it went on by itself");
  rig.clutch(false);
  await rig.desk.passMs(200);
  rig.clutch(true);
  await rig.desk.passMs(4000);
  assert.equal(rig.phase(), "following", JSON.stringify(rig.phases));
  assert.ok(Math.abs(rig.desk.angles()[0]! - rig.leader.body.angleRad(0)) < 0.04);
});

test("where the guards do not let the arm go it waits and says why, and goes on when the leader comes back", async () => {
  await using rig = await led();
  const home = rig.desk.angles();
  rig.clutch(true);
  await rig.desk.passMs(800);
  rig.hand(led1(home, { 1: 0.5, 2: -0.1 })); // Down into the table.
  await rig.desk.passMs(2000);
  assert.ok(
    rig.phases.some(([, why]) => why?.startsWith("the arm waits: ")),
    JSON.stringify(rig.phases),
  );
  rig.hand(led1(home, { 0: 0.3 }));
  await rig.desk.passMs(3000);
  assert.ok(Math.abs(rig.desk.angles()[0]! - rig.leader.body.angleRad(0)) < 0.04);
});

test("the leader's hand leads the gripper", async () => {
  await using rig = await led();
  rig.clutch(true);
  const home = rig.desk.angles();
  rig.hand(led1(home, { [JAW]: 1.2 }));
  await rig.desk.passMs(4000);
  assert.ok(rig.desk.angles()[JAW]! > home[JAW]! + 0.9, `${home[JAW]} then ${rig.desk.angles()[JAW]}`);
});
