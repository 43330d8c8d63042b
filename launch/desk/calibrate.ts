/** `foresight calibrate`: where each joint's zero and its ends are, a step at a time; each step is held against the arm's model, and nothing is written before a yes. */
import type { Calibration, JointCalibration } from "../../runtime/bridge/servos/calibration.ts";
import type { ServoBus, ServoSettings } from "../../runtime/bridge/servos/servo-bus.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { checkDirections, type Way } from "./check-direction.ts";
import type { JointSeen } from "./page/view.ts";
import { differing, inWords, settingsOf } from "./setup-servos.ts";
import type { Talk } from "./talk.ts";

export interface CalibratedArm {
  /** Number on the bus by joint. */
  readonly ids: Readonly<Record<string, number>>;
  /** From stop to stop by joint, as the arm's model has it. */
  readonly stopsRad: Readonly<Record<string, readonly [number, number]>>;
}

export interface CalibrateOptions extends CalibratedArm {
  /** What a person sees of each joint's direction; absent: the directions are not looked at. */
  readonly ways?: Readonly<Record<string, Way>>;
  readonly bus: ServoBus;
  readonly clock: Clock;
  readonly talk: Talk;
}

/** The middle posture reads this. */
const MIDDLE_STEPS = 2047;
const OFFSET_STEPS_MAX = 2047;
/** Of the model's range: an arm's own stops differ by prints and screws. */
const SWEPT_SHARE_MIN = 0.9;
const SWEPT_SHARE_MAX = 1.1;
/** How far from the middle posture the middle of a swept range may be. */
const MIDDLE_RAD_MAX = 0.35;
const LOOK_MS = 25;
const SWEEPS_MAX = 4;

interface Swept {
  readonly min: number;
  readonly max: number;
  /** The reading passed from one end of the turn to the other. */
  readonly isWrapped: boolean;
}

type SweptNow = Swept & { readonly last: number };

/** The arm's calibration, written to its servos where a person said yes. Throws AgentErrors that name joint and remedy. */
export async function calibrate({ bus, clock, talk, ids, stopsRad, ways }: CalibrateOptions): Promise<Calibration> {
  const settings = new Map<string, ServoSettings>();
  for (const [joint, id] of Object.entries(ids)) {
    if (!(await bus.identify(id)))
      throw new AgentError("bridge.timeout", `servo ${id} (${joint}) does not answer on ${bus.portName}; foresight find shows who does`);
    settings.set(joint, await bus.readSettings(id));
  }
  if (!(await talk.yes("The arm goes limp now and may fall: hold it. Go on?")))
    throw new AgentError("stop.operator", "calibrate: nothing was changed");
  for (const id of Object.values(ids)) await bus.setTorque(id, false);

  const middle = talk.enter("Put every joint in the middle of its range, the gripper half open, and hold the arm there.");
  await whileAsked(middle, clock, async () => {
    const now = await actualSteps(bus, ids, settings);
    talk.see([...now].map(([name, steps]) => asCounted(name, steps, bus.stepsPerTurn)));
  });
  const actual = await actualSteps(bus, ids, settings);
  const offsets = new Map([...actual].map(([joint, steps]) => [joint, Math.min(OFFSET_STEPS_MAX, steps - MIDDLE_STEPS)]));
  const swept = await sweepAll({ bus, clock, talk, ids, stopsRad }, settings, offsets);
  const calibration: Calibration = Object.fromEntries(
    Object.entries(ids).map(([joint, id]): [string, JointCalibration] => {
      const { min, max } = swept.get(joint)!;
      return [joint, { id, drive_mode: 0, homing_offset: offsets.get(joint)!, range_min: min, range_max: max }];
    }),
  );
  await write(bus, talk, calibration, settings);
  return ways ? checkDirections({ bus, clock, talk, calibration, ways }) : calibration;
}

/** What each servo would read without any offset. */
async function actualSteps(
  bus: ServoBus,
  ids: CalibratedArm["ids"],
  settings: ReadonlyMap<string, ServoSettings>,
): Promise<Map<string, number>> {
  const readings = await bus.readAll(Object.values(ids), 200);
  return new Map(
    Object.entries(ids).map(([joint, id]) => {
      const reading = readings.get(id);
      if (!reading) throw new AgentError("bridge.timeout", `servo ${id} (${joint}) stopped answering; look at its cable`);
      return [joint, modulo(reading.positionSteps + settings.get(joint)!.offsetSteps, bus.stepsPerTurn)];
    }),
  );
}

/** Until every joint's range is what the model has, a few times. */
async function sweepAll(
  options: CalibrateOptions,
  settings: ReadonlyMap<string, ServoSettings>,
  offsets: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Swept>> {
  const { talk, ids, stopsRad, bus } = options;
  const swept = new Map<string, Swept>();
  const objection = (joint: string, range: Swept): string | null => objectionTo(joint, range, stopsRad[joint]!, bus.stepsPerTurn);
  let wanted = Object.keys(ids);
  for (let round = 0; round < SWEEPS_MAX; round++) {
    const onLook = (found: ReadonlyMap<string, SweptNow>): void =>
      talk.see(
        [...found].map(([joint, now]) => ({
          ...asModelled(joint, now, stopsRad[joint]!, bus.stepsPerTurn),
          why: round === 0 ? null : objection(joint, now), // Nobody is blamed before the first try.
        })),
      );
    for (const [joint, range] of await sweep(options, wanted, settings, offsets, onLook)) swept.set(joint, range);
    wanted = wanted.filter((joint) => objection(joint, swept.get(joint)!) !== null);
    if (wanted.length === 0) return swept;
    for (const joint of wanted) talk.say(objection(joint, swept.get(joint)!)!);
  }
  throw new AgentError(
    "launch.invalid",
    `calibrate: ${wanted.join(", ")} did not fit the model in ${SWEEPS_MAX} sweeps; nothing was written; look how the joint is mounted`,
  );
}

/** Null where the range is what the model says. */
export function objectionTo(
  joint: string,
  { min, max, isWrapped }: Swept,
  [from, to]: readonly [number, number],
  stepsPerTurn: number,
): string | null {
  const stepsPerRad = stepsPerTurn / (2 * Math.PI);
  const [sweptRad, wholeRad] = [(max - min) / stepsPerRad, to - from];
  const middleOffRad = ((min + max) / 2 - MIDDLE_STEPS) / stepsPerRad;
  if (isWrapped)
    return `${joint}: its reading went round from one end to the other: it was not in the middle of its range; begin again with calibrate`;
  if (sweptRad < SWEPT_SHARE_MIN * wholeRad)
    return `${joint}: swept ${sweptRad.toFixed(2)} rad, the model's range is ${wholeRad.toFixed(2)} rad; move it from stop to stop`;
  if (sweptRad > SWEPT_SHARE_MAX * wholeRad)
    return `${joint}: swept ${sweptRad.toFixed(2)} rad, more than the model's ${wholeRad.toFixed(2)} rad: is this the servo of ${joint}, and is a stop missing?`;
  if (Math.abs(middleOffRad) > MIDDLE_RAD_MAX)
    return `${joint}: it was ${Math.abs(middleOffRad).toFixed(2)} rad from the middle of its range, at most ${MIDDLE_RAD_MAX} rad; begin again with calibrate`;
  return null;
}

async function sweep(
  { bus, clock, talk, ids }: CalibrateOptions,
  joints: readonly string[],
  settings: ReadonlyMap<string, ServoSettings>,
  offsets: ReadonlyMap<string, number>,
  onLook: (found: ReadonlyMap<string, SweptNow>) => void,
): Promise<ReadonlyMap<string, Swept>> {
  const found = new Map<string, SweptNow>();
  const wantedIds = Object.fromEntries(joints.map((joint) => [joint, ids[joint]!]));
  await whileAsked(talk.enter(`Move ${joints.join(", ")} slowly from stop to stop.`), clock, async () => {
    for (const [joint, actual] of await actualSteps(bus, wantedIds, settings)) {
      const steps = modulo(actual - offsets.get(joint)!, bus.stepsPerTurn);
      const { min = steps, max = steps, isWrapped = false, last = steps } = found.get(joint) ?? {};
      const wraps = Math.abs(steps - last) > bus.stepsPerTurn / 2;
      found.set(joint, { min: Math.min(min, steps), max: Math.max(max, steps), isWrapped: isWrapped || wraps, last: steps });
    }
    onLook(found);
  });
  return found;
}

/** Looks again and again until the person has answered. */
async function whileAsked(asked: Promise<void>, clock: Clock, look: () => Promise<void>): Promise<void> {
  let isAnswered = false;
  asked.then(
    () => (isAnswered = true),
    () => (isAnswered = true), // The person left, and is told so below.
  );
  while (!isAnswered) {
    await look();
    await clock.sleep(LOOK_MS);
  }
  await asked;
}

/** As the servo counts, over its whole turn: nothing is known of the joint yet. */
const asCounted = (name: string, steps: number, stepsPerTurn: number): JointSeen => ({
  ...{ name, angleRad: (steps / stepsPerTurn) * 2 * Math.PI, rangeRad: [0, 2 * Math.PI] },
  ...{ sweptRad: null, leaderRad: null, why: null },
});

/** By the model's angles, over the model's range. */
function asModelled(name: string, { min, max, last }: SweptNow, rangeRad: readonly [number, number], stepsPerTurn: number) {
  const toRad = (steps: number): number => (rangeRad[0] + rangeRad[1]) / 2 + ((steps - MIDDLE_STEPS) * 2 * Math.PI) / stepsPerTurn;
  return { name, angleRad: toRad(last), rangeRad, sweptRad: [toRad(min), toRad(max)] as const, leaderRad: null };
}

async function write(bus: ServoBus, talk: Talk, calibration: Calibration, settings: ReadonlyMap<string, ServoSettings>): Promise<void> {
  const changes = Object.entries(calibration).map(([joint, { id, homing_offset, range_min, range_max }]) => {
    const wanted = { ...settingsOf(joint), offsetSteps: homing_offset, positionMinSteps: range_min, positionMaxSteps: range_max };
    return { joint, id, differs: differing(settings.get(joint)!, wanted) };
  });
  const some = changes.filter(({ differs }) => Object.keys(differs).length > 0);
  if (some.length === 0) return talk.say("The servos have all of it already.");
  for (const { joint, id, differs } of some) talk.say(`servo ${id} (${joint}): ${inWords(differs)}`);
  if (!(await talk.yes("Write this to the servos? Their memory wears out a little each time."))) {
    throw new AgentError("stop.operator", "calibrate: nothing was written; without it the servos and the file would say different places");
  }
  for (const { id, differs } of some) await bus.writeSettings(id, differs);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
