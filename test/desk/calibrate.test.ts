/** Calibration and numbering, with a person who is played: what does not fit the model is refused by joint, nothing is written before a yes, and only what differs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCalibration } from "../../launch/backends/feetech/read-calibration.ts";
import { calibrate, objectionTo } from "../../launch/desk/calibrate.ts";
import { checkDirections } from "../../launch/desk/check-direction.ts";
import { setUpServos } from "../../launch/desk/setup-servos.ts";
import type { Talk } from "../../launch/desk/talk.ts";
import { waysOf } from "../../launch/desk/ways.ts";
import { so101ServoIds, so101StopsRad } from "../../robots/so101/servos.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { jointScale, parseCalibration, printCalibration } from "../../runtime/bridge/servos/calibration.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { HORN_STEPS as HORN_STEPS_CALIBRATED, calibration as kept } from "../helpers/desk-bench.ts";
import { type VirtualBus, virtualBus } from "../helpers/virtual-bus.ts";

const HORN_STEPS = [2101, 3900, 2230, 60, 2012, 1700];
const names = Object.keys(so101ServoIds) as (keyof typeof so101ServoIds)[];
const MIDDLE_RAD = names.map((name) => (so101StopsRad[name][0] + so101StopsRad[name][1]) / 2);

/** Whoever answers: `at` is what they do at each Enter, by number. */
function person(said: string[], answers: (question: string) => boolean, at: (step: number, text: string) => Promise<void>): Talk {
  let step = 0;
  return {
    say: (text) => void said.push(text),
    enter: (text) => at(step++, text),
    yes: async (question) => answers(question),
    see() {},
  };
}

async function holdMiddle(under: VirtualBus): Promise<void> {
  under.body.place(MIDDLE_RAD);
  await under.passMs(6);
}

/** Each joint from stop to stop, `share` of its range. */
async function sweep(under: VirtualBus, share: number): Promise<void> {
  for (const [index, name] of names.entries()) {
    const [from, to] = so101StopsRad[name];
    for (let turn = 0; turn <= 24; turn++) {
      const posture = MIDDLE_RAD.slice();
      posture[index] = MIDDLE_RAD[index]! + (share * (to - from) * Math.sin((2 * Math.PI * turn) / 24)) / 2;
      under.body.place(posture);
      await under.passMs(30);
    }
  }
}

const calibrated = (under: VirtualBus, talk: Talk) =>
  under.passUntil(calibrate({ bus: under.bus, clock: under.clock, talk, ids: so101ServoIds, stopsRad: so101StopsRad }));

test("an arm from the box is calibrated: its servos then read the model's angles, wherever their horns were screwed on", async () => {
  await using under = await virtualBus({ hornSteps: HORN_STEPS });
  const said: string[] = [];
  const talk = person(
    said,
    () => true,
    async (step) => (step === 0 ? holdMiddle(under) : sweep(under, 1)),
  );
  const calibration = parseCalibration("test", printCalibration(await calibrated(under, talk)));
  assert.deepEqual(Object.keys(calibration), names);
  const posture = [0.4, -0.6, 0.5, 0.3, -1, 0.5];
  under.body.place(posture);
  await under.passMs(6);
  const readings = await under.passUntil(under.bus.readAll(Object.values(so101ServoIds), 20));
  for (const [index, name] of names.slice(0, 5).entries()) {
    const rad = jointScale(calibration[name]!, 4096).toRad(readings.get(index + 1)!.positionSteps);
    assert.ok(Math.abs(rad - posture[index]!) < 0.08, `${name}: ${rad.toFixed(3)} instead of ${posture[index]} rad`);
  }
  const { table } = under.arm.servos[2]!;
  assert.equal(table.get("offsetSteps"), calibration["elbow_flex"]!.homing_offset);
  assert.equal(table.get("lock"), 1);
});

test("a joint that was not moved from stop to stop is named with what was swept and what the model has, and is asked for again", async () => {
  await using under = await virtualBus({ hornSteps: HORN_STEPS });
  const said: string[] = [];
  const asked: string[] = [];
  const talk = person(
    said,
    () => true,
    async (step, text) => {
      asked.push(text);
      if (step === 0) await holdMiddle(under);
      else await sweep(under, step === 1 ? 0.5 : 1);
    },
  );
  await calibrated(under, talk);
  assert.ok(
    said.some((text) => /^shoulder_pan: swept 1\.9\d rad, the model's range is 3\.84 rad; move it from stop to stop$/.test(text)),
    said.join("\n"),
  );
  assert.equal(asked.length, 3);
});

test("without a yes nothing is written: not before the arm goes limp, not at the end", async () => {
  await using under = await virtualBus({ hornSteps: HORN_STEPS });
  const before = under.arm.servos.map(({ table }) => [...table.read(0, 40)]);
  for (const willing of [() => false, (question: string) => question.startsWith("The arm goes limp")]) {
    const talk = person([], willing, async (step) => (step === 0 ? holdMiddle(under) : sweep(under, 1)));
    await assert.rejects(calibrated(under, talk), (error) => error instanceof AgentError && error.code === "stop.operator");
    assert.deepEqual(
      under.arm.servos.map(({ table }) => [...table.read(0, 40)]),
      before,
    );
  }
});

test("a range that goes round the end of the turn, is too wide or lies beside the middle is refused by joint", () => {
  const of = (min: number, max: number, isWrapped = false) => objectionTo("elbow_flex", { min, max, isWrapped }, [-1.69, 1.69], 4096);
  assert.equal(of(945, 3149), null);
  assert.match(of(10, 4090, true)!, /^elbow_flex: its reading went round from one end to the other/);
  assert.match(of(500, 3600)!, /more than the model's 3\.38 rad: is this the servo of elbow_flex/);
  assert.match(of(1345, 3549)!, /it was 0\.61 rad from the middle of its range, at most 0\.35 rad/);
});

test("new servos get their numbers one at a time; two at once are refused, and a second pass writes nothing", async () => {
  await using under = await virtualBus();
  for (const { table } of under.arm.servos) {
    table.set("id", 1);
    table.set("returnDelayUs", 500);
  }
  const said: string[] = [];
  const plugIn = async (step: number): Promise<void> => {
    for (const [index, servo] of under.arm.servos.entries()) servo.isThere = index === 5 - step;
  };
  await under.passUntil(
    setUpServos(
      under.bus,
      so101ServoIds,
      person(said, () => true, plugIn),
    ),
  );
  assert.deepEqual(
    under.arm.servos.map(({ table }) => [table.get("id"), table.get("gainP"), table.get("returnDelayUs")]),
    [1, 2, 3, 4, 5, 6].map((id) => [id, 16, 0]),
  );
  assert.equal(under.arm.servos[5]!.table.get("torqueMaxShare"), 0.5);
  const again: string[] = [];
  await under.passUntil(
    setUpServos(
      under.bus,
      so101ServoIds,
      person(again, () => assert.fail("asked to write"), plugIn),
    ),
  );
  assert.ok(
    again.every((text) => text.endsWith("has everything already")),
    again.join("\n"),
  );
  const both = async (): Promise<void> => {
    for (const [index, servo] of under.arm.servos.entries()) servo.isThere = index >= 4;
  };
  await assert.rejects(
    under.passUntil(
      setUpServos(
        under.bus,
        so101ServoIds,
        person([], () => true, both),
      ),
    ),
    /gripper: 2 servos answer \(5, 6\), must be one/,
  );
});

test("a calibration file that cannot be is refused by file, joint and remedy", () => {
  const good = { id: 1, drive_mode: 0, homing_offset: 0, range_min: 800, range_max: 3200 };
  const refused = (data: unknown, message: RegExp): void => assert.throws(() => parseCalibration("a.json", JSON.stringify(data)), message);
  assert.throws(
    () => parseCalibration("a.json", "{"),
    /calibration a\.json: is no JSON .* make it with foresight calibrate or LeRobot's lerobot-calibrate/,
  );
  refused({ a: good, b: good }, /b and a have the same number 1/);
  refused({ a: { ...good, range_max: 850 } }, /a: range 800 to 850 steps, must be 100 or more; sweep it/);
  refused({ a: { ...good, homing_offset: 0.5 } }, /a\.homing_offset/);
  refused({ a: { ...good, range_max: "3200" } }, /a\.range_max/);
  refused([good], /expected record/);
  const text = JSON.stringify({ a: good });
  for (const [bad, why] of [
    [text.replace("3200", "1e999"), /a\.range_max/],
    [text.replace("{", '{"a":{"id":2},'), /the key "a" is there twice/],
    [text.replace('"a"', '"__proto__"'), /the key "__proto__"/],
    [`{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, /nested more than 64 deep/],
  ] as const)
    assert.throws(() => parseCalibration("a.json", bad), { code: "launch.invalid", message: why });
  for (const place of ["/", "/dev/null", process.execPath])
    assert.throws(
      () => readCalibration(place),
      { code: "launch.invalid", message: /^calibration: cannot read .*; name a file that/ },
      place,
    );
});

test("directions: each joint moves alone, a little and slowly, and is limp again; a joint that a person sees go the other way is kept as one", async () => {
  await using under = await virtualBus({ hornSteps: HORN_STEPS_CALIBRATED });
  for (const { id, homing_offset, range_min, range_max } of Object.values(kept)) {
    const { table } = under.arm.servos[id - 1]!;
    table.set("offsetSteps", homing_offset);
    table.set("positionMinSteps", range_min);
    table.set("positionMaxSteps", range_max);
    table.set("goalSteps", 1000); // Of a program before: nothing goes there.
  }
  using kinematics = await createKinematics(so101Spec);
  const ways = waysOf(kinematics);
  under.body.place([0.3, 0, 0, 0, 0.5, 0.5]);
  await under.passMs(10);
  const asked: string[] = [];
  let fastest = 0;
  const stop = under.clock.every(4, () => {
    fastest = Math.max(fastest, Math.abs(under.body.velocityRadPerS(0)));
  });
  const talk = person(
    [],
    (question) => {
      asked.push(question);
      return !question.startsWith("wrist_roll moved"); // Mounted the other way round.
    },
    async () => {},
  );
  const found = await under.passUntil(checkDirections({ bus: under.bus, clock: under.clock, talk, calibration: kept, ways }));
  stop();
  assert.deepEqual(
    Object.values(found).map(({ drive_mode }) => drive_mode),
    [0, 0, 0, 0, 1, 0],
  );
  assert.ok(fastest > 0.05 && fastest < 0.5, `${fastest} rad/s`);
  assert.ok(asked.includes("shoulder_pan moved a little. Did the hand go to the arm's own left?"), asked.join("\n"));
  assert.ok(under.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});

test("directions: a joint that does not move, or does what nobody expects, ends the calibration by its name, limp", async () => {
  await using under = await virtualBus({ hornSteps: HORN_STEPS_CALIBRATED });
  under.arm.servos[0]!.table.set("torqueMaxShare", 0);
  using kinematics = await createKinematics(so101Spec);
  const options = { bus: under.bus, clock: under.clock, calibration: kept, ways: waysOf(kinematics) };
  const agrees = person(
    [],
    () => true,
    async () => {},
  );
  await assert.rejects(
    under.passUntil(checkDirections({ ...options, talk: agrees })),
    /shoulder_pan moved -?\d+ of 80 steps; look what holds it/,
  );
  under.arm.servos[0]!.table.set("torqueMaxShare", 1);
  const denies = person(
    [],
    (question) => !question.includes("Did "),
    async () => {},
  );
  await assert.rejects(
    under.passUntil(checkDirections({ ...options, talk: denies })),
    /shoulder_pan did something else; is its servo the one with this number/,
  );
  assert.ok(under.arm.servos.every(({ table }) => table.get("torqueEnable") === 0));
});
