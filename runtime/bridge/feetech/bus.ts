/** A bus of Feetech STS servos: registers as readings, goals, settings. */
import { type Observable, ReplaySubject } from "rxjs";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { BytePort } from "../servos/byte-port.ts";
import type { ServoAlarm, ServoBus, ServoGoal, ServoReading, ServoSettings } from "../servos/servo-bus.ts";
import { INSTRUCTION, instructionFrame, syncReadFrame } from "./frames.ts";
import { filled } from "./goal-fill.ts";
import { goalFrame } from "./goal-frame.ts";
import { type Answer, createLine, type Line } from "./line.ts";
import { ALARM_BITS, decode, EEPROM_END, encode, REGISTERS, type RegisterName, STEPS_PER_TURN, STS3215 } from "./registers.ts";

export interface FeetechBusOptions {
  readonly port: BytePort;
  readonly clock: Clock;
  /** A servo that was silent for so long does not answer; more for adapters that hold bytes back (FTDI: 16 ms unless told otherwise). */
  readonly answerMs: number;
}

/** Position, velocity, load, voltage, temperature, .. current. */
const READING = { from: REGISTERS.positionSteps.address, bytes: REGISTERS.currentA.address + 2 - REGISTERS.positionSteps.address };
const DUTY = { from: REGISTERS.torqueEnable.address, bytes: REGISTERS.goalSteps.address + 2 - REGISTERS.torqueEnable.address };
const EEPROM = { from: 0, bytes: EEPROM_END };
/** However much time there is. */
const TRIES = 6;
/** What must be known is asked for so often, after a pause each: a computer or a servo that was busy for a moment is there again. */
const PAUSES_MS = [0, 2, 5, 15, 40, 100];
const MODELS: Readonly<Record<number, string>> = { [STS3215]: "STS3215" };

const SETTINGS = [
  "id",
  "returnDelayUs",
  "positionMinSteps",
  "positionMaxSteps",
  "offsetSteps",
  "temperatureMaxC",
  "voltageMinV",
  "voltageMaxV",
  "torqueMaxShare",
  "gainP",
  "gainI",
  "gainD",
  "mode",
  "overloadTorqueShare",
  "protectiveTorqueShare",
  "protectionTimeMs",
  "protectionCurrentA",
] as const satisfies readonly (keyof ServoSettings & RegisterName)[];

export function createFeetechBus({ port, clock, answerMs }: FeetechBusOptions): ServoBus {
  const line = createLine(port, clock);
  const lost = new ReplaySubject<AgentError>(1);
  port.onClosed((why) => {
    line.end();
    lost.next(new AgentError("bridge.lost", `port ${port.name}: ${why}; look at the USB cable and the power, then resume`));
  });
  const asking = createAsking(line, port.name, clock, answerMs);
  const { read, write } = asking;
  return {
    portName: port.name,
    stepsPerTurn: STEPS_PER_TURN,
    counts: line.counts,
    lost: lost as Observable<AgentError>,
    async identify(id) {
      let data: Uint8Array | null = null;
      for (let tries = 0; data === null && tries < TRIES; tries++)
        data = await asking.readOnce(id, EEPROM.from, REGISTERS.model.address + 2);
      if (data === null) return null;
      const value = (name: RegisterName): number => decode(REGISTERS[name], data, REGISTERS[name].address);
      const model = value("model");
      const firmware = `${value("firmwareMajor")}.${value("firmwareMinor")}`;
      return { id, model, modelName: MODELS[model] ?? `model ${model}`, firmware };
    },
    async readAll(ids, withinMs) {
      const readings = new Map<number, ServoReading>();
      const untilNs = clock.nowNs() + BigInt(Math.round(withinMs * 1e6));
      for (let [missing, tries] = [ids, 0]; missing.length > 0 && tries < TRIES; tries++) {
        const frame = syncReadFrame(missing, READING.from, READING.bytes);
        const answers = await line.exchange({ frame, ids: missing, dataBytes: READING.bytes, quietMs: answerMs });
        for (const [id, answer] of answers) readings.set(id, readingOf(answer));
        missing = ids.filter((id) => !readings.has(id));
        if (clock.nowNs() >= untilNs) break;
      }
      return readings;
    },
    async writeGoals(goals) {
      await line.exchange({ frame: filled(goalFrame(goals)), ids: [], dataBytes: 0, quietMs: 0 });
    },
    async glanceAtDuty(id) {
      const data = await asking.readOnce(id, DUTY.from, DUTY.bytes);
      return data && dutyOf(data);
    },
    readDuty: async (id) => dutyOf(await read(id, DUTY.from, DUTY.bytes)),
    writeGoal: (id, goal) => asking.writeAndRead(id, REGISTERS.goalSteps.address, goalBytes(goal)),
    setTorque: (id, isOn) => asking.writeAndRead(id, REGISTERS.torqueEnable.address, Uint8Array.of(isOn ? 1 : 0)),
    setTorqueLimit: (id, share) => asking.writeAndRead(id, REGISTERS.torqueLimitShare.address, encode(REGISTERS.torqueLimitShare, share)),
    async readSettings(id) {
      const data = await read(id, EEPROM.from, EEPROM.bytes);
      const value = (name: RegisterName): number => decode(REGISTERS[name], data, REGISTERS[name].address);
      return Object.fromEntries(SETTINGS.map((name) => [name, value(name)])) as unknown as ServoSettings;
    },
    async writeSettings(id, settings) {
      const lock = REGISTERS.lock.address;
      await write(id, lock, Uint8Array.of(0));
      let now = id;
      for (const name of SETTINGS) {
        const value = settings[name];
        if (value === undefined) continue;
        const register = REGISTERS[name];
        const bytes = encode(register, value);
        await write(now, register.address, bytes);
        if (name === "id") now = value; // It answers under its new number from here on.
        await asking.mustRead(now, register.address, bytes);
      }
      await write(now, lock, Uint8Array.of(1));
    },
    async [Symbol.asyncDispose]() {
      line.end();
      await port[Symbol.asyncDispose]();
      lost.complete();
    },
  };
}

/** Questions to one servo, asked again when the answer is lost. */
function createAsking(line: Line, portName: string, clock: Clock, answerMs: number) {
  const silent = (id: number): AgentError =>
    new AgentError(
      "bridge.timeout",
      `servo ${id} on ${portName} did not answer ${PAUSES_MS.length} times within ${answerMs} ms each; look at its cable, its power and its number`,
    );
  const readOnce = async (id: number, from: number, bytes: number): Promise<Uint8Array | null> => {
    const frame = instructionFrame(id, INSTRUCTION.read, [from, bytes]);
    return (await line.exchange({ frame, ids: [id], dataBytes: bytes, quietMs: answerMs })).get(id)?.data ?? null;
  };
  const read = async (id: number, from: number, bytes: number): Promise<Uint8Array> => {
    for (const pauseMs of PAUSES_MS) {
      if (pauseMs > 0) await clock.sleep(pauseMs);
      const data = await readOnce(id, from, bytes);
      if (data) return data;
    }
    throw silent(id);
  };
  const write = async (id: number, at: number, bytes: Uint8Array): Promise<void> => {
    const frame = instructionFrame(id, INSTRUCTION.write, [at, ...bytes]);
    for (const pauseMs of PAUSES_MS) {
      if (pauseMs > 0) await clock.sleep(pauseMs);
      if ((await line.exchange({ frame, ids: [id], dataBytes: 0, quietMs: answerMs })).has(id)) return;
      if (at === REGISTERS.id.address) return; // Under its new number it cannot answer to the old one: reading tells.
    }
    throw silent(id);
  };
  const mustRead = async (id: number, at: number, bytes: Uint8Array): Promise<void> => {
    const found = await read(id, at, bytes.length);
    if (found.every((byte, index) => byte === bytes[index])) return;
    throw new AgentError(
      "bridge.refused",
      `servo ${id} on ${portName}: register ${at} reads [${found}] after [${bytes}] was written; it may be locked, or out of its range: switch the servo off and on, then try again`,
    );
  };
  const writeAndRead = async (id: number, at: number, bytes: Uint8Array): Promise<void> => {
    await write(id, at, bytes);
    await mustRead(id, at, bytes);
  };
  return { readOnce, read, write, mustRead, writeAndRead };
}

function readingOf({ error, data }: Answer): ServoReading {
  const value = (name: RegisterName): number => decode(REGISTERS[name], data, REGISTERS[name].address - READING.from);
  return {
    positionSteps: value("positionSteps"),
    velocityStepsPerS: value("velocityStepsPerS"),
    loadShare: value("loadShare"),
    voltageV: value("voltageV"),
    temperatureC: value("temperatureC"),
    currentA: value("currentA"),
    alarms: alarmsOf(error),
  };
}

const alarmsOf = (bits: number): readonly ServoAlarm[] =>
  (Object.keys(ALARM_BITS) as ServoAlarm[]).filter((alarm) => bits & (1 << ALARM_BITS[alarm]));

/** Position, time and velocity, as they lie behind one another. */
const goalBytes = ({ positionSteps, velocityStepsPerSMax }: ServoGoal): Uint8Array =>
  Uint8Array.of(
    ...encode(REGISTERS.goalSteps, positionSteps),
    ...[0, 0],
    ...encode(REGISTERS.goalVelocityStepsPerS, Math.max(1, velocityStepsPerSMax)),
  );

const dutyOf = (data: Uint8Array) => ({
  isTorqueOn: data[0] === 1,
  goalSteps: decode(REGISTERS.goalSteps, data, REGISTERS.goalSteps.address - DUTY.from),
});
