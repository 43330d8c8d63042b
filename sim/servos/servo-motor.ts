/** What one virtual servo does between two steps of the physics: follows its goal no faster than told, warms up, protects itself, and says so in its table. */
import { ALARM_BITS, STEPS_PER_TURN } from "../../runtime/bridge/feetech/registers.ts";
import type { ServoAlarm } from "../../runtime/bridge/servos/servo-bus.ts";
import type { Drive } from "./arm-body.ts";
import type { ServoTable } from "./servo-table.ts";

/** What the body is doing at this servo. */
export interface Felt {
  readonly angleRad: number;
  readonly velocityRadPerS: number;
  /** Of the motor's torque, -1 to 1. */
  readonly torqueShare: number;
  readonly supplyV: number;
}

export interface ServoMotor {
  readonly alarms: number;
  readonly currentA: number;
  step(felt: Felt, dtS: number): Drive;
  /** The power was off and is back. */
  reboot(): void;
  /** Somebody put its joint there: it holds there, if it holds at all. */
  placed(angleRad: number): void;
  /** Somebody holds a lighter to it. */
  heatTo(temperatureC: number): void;
}

const STEPS_PER_RAD = STEPS_PER_TURN / (2 * Math.PI);
/** The gain at which the model's stiffness was measured: what LeRobot sets. */
const MODEL_GAIN_P = 16;
/** Without load at 7.4 V. */
const SPEED_MAX_STEPS_PER_S = 3073;
/** What it feels of its load is a mean over so long: a stiff joint trembles within it. */
const FEEL_S = 0.05;
/** Its own profile rounds the steps between two goals, and so it lags behind them. */
const PROFILE_S = 0.02;
const STALL_CURRENT_A = 2.4;
const IDLE_CURRENT_A = 0.02;
const AMBIENT_C = 25;
/** Stalled for ever it would be so much warmer, and is two thirds of it after so long. */
const STALL_RISE_C = 90;
const HEAT_TIME_S = 200;

/** `hornSteps`: where the servo's own middle is when the joint is at zero, as the arm was screwed together. */
export function createServoMotor(table: ServoTable, hornSteps: number): ServoMotor {
  let temperatureC = AMBIENT_C;
  /** Where it is on the way to its goal; null while it is off. */
  let profileSteps: number | null = null;
  let loadShare = 0;
  let overloadedS = 0;
  let isOverloaded = false;
  let alarms = 0;
  let currentA = 0;

  const isOn = (): boolean =>
    table.get("torqueEnable") === 1 && !(alarms & (1 << ALARM_BITS.overheat)) && !(alarms & (1 << ALARM_BITS.voltage));
  const protect = (dtS: number): void => {
    const isHeavy = Math.abs(loadShare) >= table.get("overloadTorqueShare") || currentA > table.get("protectionCurrentA");
    overloadedS = isHeavy ? overloadedS + dtS : 0;
    if (overloadedS * 1e3 >= table.get("protectionTimeMs")) isOverloaded = true;
    if (table.get("torqueEnable") !== 1) isOverloaded = false;
  };
  const watch = (supplyV: number): void => {
    const bit = (alarm: ServoAlarm, is: boolean): number => (is ? 1 << ALARM_BITS[alarm] : 0);
    alarms =
      bit("voltage", supplyV < table.get("voltageMinV") || supplyV > table.get("voltageMaxV")) |
      bit("overheat", temperatureC > table.get("temperatureMaxC")) |
      bit("overload", isOverloaded);
  };
  const readOf = (actualSteps: number): number => modulo(actualSteps - table.get("offsetSteps"), STEPS_PER_TURN);
  const tell = ({ velocityRadPerS, supplyV }: Felt, actualSteps: number): void => {
    table.set("positionSteps", Math.round(readOf(actualSteps)) % STEPS_PER_TURN);
    table.set("velocityStepsPerS", Math.round(clamp(velocityRadPerS * STEPS_PER_RAD, 32_767)));
    table.set("loadShare", clamp(loadShare, 1));
    table.set("voltageV", supplyV);
    table.set("temperatureC", temperatureC);
    table.set("currentA", currentA);
    table.set("status", alarms);
    table.set("isMoving", Math.abs(velocityRadPerS) > 0.02 ? 1 : 0);
  };
  return {
    get alarms() {
      return alarms;
    },
    get currentA() {
      return currentA;
    },
    step(felt, dtS) {
      // One turn is all that it can tell apart.
      const actualSteps = modulo(hornSteps + felt.angleRad * STEPS_PER_RAD, STEPS_PER_TURN);
      loadShare += Math.min(1, dtS / FEEL_S) * (felt.torqueShare - loadShare);
      currentA = IDLE_CURRENT_A + Math.abs(loadShare) * STALL_CURRENT_A;
      temperatureC += (dtS / HEAT_TIME_S) * (STALL_RISE_C * loadShare ** 2 - (temperatureC - AMBIENT_C));
      protect(dtS);
      watch(felt.supplyV);
      tell(felt, actualSteps);
      if (!isOn()) {
        profileSteps = null;
        return { targetRad: felt.angleRad, stiffnessShare: 0, torqueMaxShare: 0 };
      }
      const readSteps = readOf(actualSteps);
      const goal = clampTo(table.get("goalSteps"), table.get("positionMinSteps"), table.get("positionMaxSteps"));
      const speed = Math.min(Math.abs(table.get("goalVelocityStepsPerS")) || SPEED_MAX_STEPS_PER_S, SPEED_MAX_STEPS_PER_S);
      profileSteps ??= readSteps;
      profileSteps += clamp((goal - profileSteps) * Math.min(1, dtS / PROFILE_S), speed * dtS);
      const limit = Math.min(table.get("torqueLimitShare"), table.get("torqueMaxShare"));
      return {
        targetRad: felt.angleRad + (profileSteps - readSteps) / STEPS_PER_RAD,
        stiffnessShare: table.get("gainP") / MODEL_GAIN_P,
        torqueMaxShare: isOverloaded ? Math.min(limit, table.get("protectiveTorqueShare")) : limit,
      };
    },
    reboot() {
      table.reboot();
      [profileSteps, loadShare, overloadedS, isOverloaded, alarms] = [null, 0, 0, false, 0];
    },
    placed(angleRad) {
      table.set("goalSteps", Math.round(readOf(modulo(hornSteps + angleRad * STEPS_PER_RAD, STEPS_PER_TURN))));
      profileSteps = null;
    },
    heatTo(toC) {
      temperatureC = toC;
    },
  };
}

const clamp = (value: number, max: number): number => Math.max(-max, Math.min(max, value));
const clampTo = (value: number, min: number, max: number): number => Math.max(min, Math.min(max, value));
const modulo = (value: number, by: number): number => ((value % by) + by) % by;
