/** What one round of readings after the other says is wrong: alarms, supply, heat, a joint that meets something, one that is missing, a reading that cannot be. */
import { nsToMs, nsToSeconds } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { ArmServo, ArmServos } from "./arm-servos.ts";
import type { ServoAlarm, ServoReading } from "./servo-bus.ts";
import type { ServoLimits } from "./servo-limits.ts";

export interface Round {
  readonly readings: ReadonlyMap<number, ServoReading>;
  /** What each servo was told last, steps; those that hold by themselves are absent. */
  readonly goals: ReadonlyMap<number, number>;
  readonly nowNs: bigint;
}

export interface Found {
  /** Each once, until it is gone. */
  readonly faults: readonly AgentError[];
  /** Servos that have not answered for too long. */
  readonly missing: readonly number[];
  /** A joint that met something holds here instead of its goal, steps, until it is told to go on. */
  readonly holds: ReadonlyMap<number, number>;
  /** Every joint was read, and nothing jumped: the round may be told. */
  readonly isWhole: boolean;
}

export interface ServoWatch {
  look(round: Round): Found;
  /** A person looked: what was held goes on, what was told is told again if it is still so. */
  forget(): void;
}

/** Back from what it met, so that it does not press. */
const BACK_RAD = 0.02;
const MOVING_RAD_PER_S = 0.05;
/** A reading further from the last than the joint can move, so many times: it is where the servo is, or what it believes. */
const JUMPS_MAX = 3;
const JUMP_MARGIN_RAD = 0.06;
/** Below the supply's bound for so long: a start of all motors at once is shorter. */
const VOLTAGE_MS = 200;

const ALARM_TEXT: Readonly<Record<ServoAlarm, string>> = {
  voltage: "its supply is out of its own bounds; measure it while the arm moves, and use the arm's own supply, then reset and start",
  sensor: "its angle sensor fails; replace the servo",
  overheat: "it is too hot and has let go; let it cool, then reset and start",
  overcurrent: "its current was too high; look what holds the joint, then reset and start",
  overload:
    "overload: it pressed against something for too long and holds with a part of its torque; free the joint, then reset and start, which clears it",
};

export function createServoWatch({ joints, all, gripper, name }: ArmServos, limits: ServoLimits): ServoWatch {
  const told = new Set<string>();
  const heardNs = new Map<number, bigint>();
  const stalledSinceNs = new Map<number, bigint>();
  const believed = new Map<number, { readonly steps: number; readonly atNs: bigint; readonly jumps: number }>();
  const holds = new Map<number, number>();
  let lowSinceNs: bigint | null = null;

  const faultOf = (id: number, what: string, code: AgentError["code"], text: string): AgentError[] => {
    const key = `${id} ${what}`;
    if (told.has(key)) return [];
    told.add(key);
    return [new AgentError(code, `${name(id)}: ${text}`)];
  };
  const gone = (id: number, what: string): AgentError[] => {
    told.delete(`${id} ${what}`);
    return [];
  };
  const missing = ({ id }: ArmServo, { readings, nowNs }: Round): AgentError[] => {
    if (readings.has(id) || !heardNs.has(id)) heardNs.set(id, nowNs);
    const silentMs = nsToMs(nowNs - heardNs.get(id)!);
    if (silentMs < limits.missingMs) return gone(id, "missing");
    return faultOf(
      id,
      "missing",
      "bridge.lost",
      `has not answered for ${limits.missingMs} ms; look at its cable and its supply, then resume`,
    );
  };
  const alarms = ({ id }: ArmServo, { alarms: are }: ServoReading): AgentError[] =>
    (Object.keys(ALARM_TEXT) as ServoAlarm[]).flatMap((alarm) =>
      are.includes(alarm) ? faultOf(id, alarm, "robot.aborted", ALARM_TEXT[alarm]) : gone(id, alarm),
    );
  const heat = ({ id }: ArmServo, { temperatureC }: ServoReading): AgentError[] => {
    if (temperatureC <= limits.temperatureMaxC) return gone(id, "heat");
    return faultOf(
      id,
      "heat",
      "robot.aborted",
      `${temperatureC} degrees C, at most ${limits.temperatureMaxC}; let it cool, look what it carries, then reset and start`,
    );
  };
  const supply = ({ readings, nowNs }: Round): AgentError[] => {
    const [worst] = [...readings].sort(([, a], [, b]) => a.voltageV - b.voltageV);
    const highest = Math.max(...[...readings.values()].map(({ voltageV }) => voltageV));
    if (!worst || (worst[1].voltageV >= limits.voltageMinV && highest <= limits.voltageMaxV)) {
      lowSinceNs = null;
      return gone(0, "supply");
    }
    lowSinceNs ??= nowNs;
    if (nsToMs(nowNs - lowSinceNs) < VOLTAGE_MS) return [];
    const value = worst[1].voltageV < limits.voltageMinV ? worst[1].voltageV : highest;
    if (told.has("0 supply")) return [];
    told.add("0 supply");
    const bounds = `must be ${limits.voltageMinV} to ${limits.voltageMaxV} V`;
    return [
      new AgentError(
        "robot.aborted",
        `supply: ${value.toFixed(1)} V at ${name(worst[0])}, ${bounds}; use the arm's own supply, USB alone is too weak, then reset and start`,
      ),
    ];
  };
  const stall = ({ id, scale }: ArmServo, reading: ServoReading, { goals, nowNs }: Round): AgentError[] => {
    const goal = goals.get(id);
    const offRad = goal === undefined ? 0 : (goal - reading.positionSteps) / scale.stepsPerRad;
    const isPressing =
      id !== gripper?.id && // It is there to press.
      !holds.has(id) &&
      Math.abs(offRad) > limits.stallRad &&
      Math.abs(reading.loadShare) >= limits.stallLoadShare &&
      Math.abs(reading.velocityStepsPerS / scale.stepsPerRad) < MOVING_RAD_PER_S;
    if (!isPressing) {
      stalledSinceNs.delete(id);
      return [];
    }
    const sinceNs = stalledSinceNs.get(id) ?? nowNs;
    stalledSinceNs.set(id, sinceNs);
    if (nsToMs(nowNs - sinceNs) < limits.stallMs) return [];
    holds.set(id, Math.round(reading.positionSteps - Math.sign(offRad) * BACK_RAD * scale.stepsPerRad));
    told.delete(`${id} stall`);
    const load = `pressed with ${(100 * Math.abs(reading.loadShare)).toFixed(0)} % of its torque for ${limits.stallMs} ms, ${Math.abs(offRad).toFixed(2)} rad from its goal`;
    return faultOf(
      id,
      "stall",
      "robot.aborted",
      `${load}: it met something; it went back a little and holds; free the joint, then reset and start`,
    );
  };
  /** Null where it is believed. */
  const jump = ({ id, scale, velocityMaxRadPerS }: ArmServo, { positionSteps }: ServoReading, nowNs: bigint): AgentError[] | null => {
    const last = believed.get(id);
    const movedRad = last ? Math.abs(positionSteps - last.steps) / scale.stepsPerRad : 0;
    const canRad = last ? velocityMaxRadPerS * nsToSeconds(nowNs - last.atNs) + JUMP_MARGIN_RAD : 0;
    if (!last || movedRad <= canRad) {
      believed.set(id, { steps: positionSteps, atNs: nowNs, jumps: 0 });
      gone(id, "jump");
      return null;
    }
    believed.set(id, { ...last, atNs: nowNs, jumps: last.jumps + 1 });
    if (last.jumps + 1 < JUMPS_MAX) return [];
    believed.delete(id); // From here on it is judged anew.
    const wrapped =
      Math.abs(movedRad - 2 * Math.PI) < 0.3 ? ", a whole turn: its homing offset is wrong, calibrate it in its middle posture" : "";
    return faultOf(
      id,
      "jump",
      "sense.jump",
      `its reading jumped by ${movedRad.toFixed(2)} rad, at most ${canRad.toFixed(2)} rad can be${wrapped}; look at its horn and its cable, then resume`,
    );
  };
  return {
    look(round) {
      const faults = supply(round);
      let isWhole = true;
      for (const servo of all) {
        faults.push(...missing(servo, round));
        const reading = round.readings.get(servo.id);
        if (!reading) {
          isWhole &&= !joints.includes(servo);
          continue;
        }
        const jumped = jump(servo, reading, round.nowNs);
        if (jumped) {
          isWhole = false;
          faults.push(...jumped);
          continue;
        }
        faults.push(...alarms(servo, reading), ...heat(servo, reading), ...stall(servo, reading, round));
      }
      const silent = all.filter(({ id }) => told.has(`${id} missing`));
      return { faults, missing: silent.map(({ id }) => id), holds, isWhole };
    },
    forget() {
      told.clear();
      holds.clear();
      stalledSinceNs.clear();
      believed.clear();
      lowSinceNs = null;
    },
  };
}
