/** A bus of servos as driver, setup and doctor need it, whoever makes them. Positions in the servo's own steps, since its limits and calibration are; everything else in SI units. */
import type { Observable } from "rxjs";
import type { AgentError } from "../../core/errors.ts";

/** What a servo says is wrong with itself, in every answer until it is gone. */
export type ServoAlarm = "voltage" | "sensor" | "overheat" | "overcurrent" | "overload";

/** One reading of one servo. */
export interface ServoReading {
  /** Within a turn, 0 to stepsPerTurn - 1, the servo's own offset taken off; beyond where the offset is wrong. */
  readonly positionSteps: number;
  readonly velocityStepsPerS: number;
  /** Of what the motor can give, -1 to 1. */
  readonly loadShare: number;
  readonly voltageV: number;
  readonly temperatureC: number;
  readonly currentA: number;
  readonly alarms: readonly ServoAlarm[];
}

/** What a servo was told to do. */
export interface ServoDuty {
  readonly isTorqueOn: boolean;
  readonly goalSteps: number;
}

export interface ServoGoal {
  readonly positionSteps: number;
  /** The servo itself goes no faster; more than 0. */
  readonly velocityStepsPerSMax: number;
}

/** What a servo keeps when its power is gone. Writing it wears the servo out: only what differs, and only after a yes. */
export interface ServoSettings {
  readonly id: number;
  readonly returnDelayUs: number;
  readonly positionMinSteps: number;
  readonly positionMaxSteps: number;
  /** Position read = actual - offset. */
  readonly offsetSteps: number;
  readonly temperatureMaxC: number;
  readonly voltageMinV: number;
  readonly voltageMaxV: number;
  /** Of what the motor can give, 0 to 1. */
  readonly torqueMaxShare: number;
  readonly gainP: number;
  readonly gainI: number;
  readonly gainD: number;
  /** 0 where it turns to a position. */
  readonly mode: number;
  readonly overloadTorqueShare: number;
  readonly protectiveTorqueShare: number;
  readonly protectionTimeMs: number;
  readonly protectionCurrentA: number;
}

export interface ServoIdentity {
  readonly id: number;
  readonly model: number;
  readonly modelName: string;
  readonly firmware: string;
}

/** Of one servo since the bus was opened. */
export interface LinkCounts {
  /** Answers asked for. */
  readonly asked: number;
  /** Asked for and not received in time, the broken ones among them. */
  readonly lost: number;
  /** Received after nobody waited any more, or not asked for by us. */
  readonly late: number;
}

/** Of the whole line: a broken answer cannot always say whose it is. */
export interface BusCounts {
  readonly transactions: number;
  /** Frames with a wrong checksum or length. */
  readonly malformed: number;
  readonly byId: ReadonlyMap<number, LinkCounts>;
}

export interface ServoBus extends AsyncDisposable {
  readonly portName: string;
  readonly stepsPerTurn: number;
  readonly counts: BusCounts;
  /** Why the port is gone; nothing after it answers. */
  readonly lost: Observable<AgentError>;
  /** Null where nobody answers. */
  identify(id: number): Promise<ServoIdentity | null>;
  /** Those that answered, after as many tries as fit into `withinMs`. */
  readAll(ids: readonly number[], withinMs: number): Promise<ReadonlyMap<number, ServoReading>>;
  /** Positions in steps, which may be told two steps lower; each servo goes no faster than its last `writeGoal` said. Without an answer: one that is lost is replaced by the next. */
  writeGoals(goals: ReadonlyMap<number, number>): Promise<void>;
  /** Null where it does not answer: once, since it is asked again soon. */
  glanceAtDuty(id: number): Promise<ServoDuty | null>;
  /** Throws AgentError `bridge.timeout` naming the servo that does not answer; so do the following. */
  readDuty(id: number): Promise<ServoDuty>;
  /** Tells and reads back. */
  writeGoal(id: number, goal: ServoGoal): Promise<void>;
  setTorque(id: number, isOn: boolean): Promise<void>;
  /** Until the power is cycled; the share of what the motor can give, 0 to 1. */
  setTorqueLimit(id: number, share: number): Promise<void>;
  readSettings(id: number): Promise<ServoSettings>;
  /** Unlocks, writes what is named, locks, reads back. Throws `bridge.refused` where it reads otherwise. Torque must be off. */
  writeSettings(id: number, settings: Partial<ServoSettings>): Promise<void>;
}
