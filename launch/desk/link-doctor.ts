/** `foresight doctor LAUNCH` of an arm on its own bus: how fast and how surely it answers, how its servos are set, what they are fed with. Nothing moves, nothing is written. */
import type { Calibration } from "../../runtime/bridge/servos/calibration.ts";
import type { ServoBus, ServoReading } from "../../runtime/bridge/servos/servo-bus.ts";
import type { ServoLimits } from "../../runtime/bridge/servos/servo-limits.ts";
import { type Clock, nsToMs } from "../../runtime/core/clock.ts";
import { quantile } from "../../runtime/core/statistics.ts";
import { type Check, checked } from "../cli/check.ts";
import { differing, inWords, settingsOf } from "./setup-servos.ts";

export interface LinkDoctorOptions {
  readonly bus: ServoBus;
  readonly clock: Clock;
  readonly calibration: Calibration;
  readonly limits: ServoLimits;
  readonly rateHz: number;
  /** Rounds that are measured. */
  readonly rounds: number;
}

/** Of 1,000 answers so many may be lost: more is a bad cable or another program. */
const LOST_PER_1000_MAX = 5;

export async function checkLink({ bus, clock, calibration, limits, rateHz, rounds }: LinkDoctorOptions): Promise<readonly Check[]> {
  const joints = Object.entries(calibration);
  const ids = joints.map(([, { id }]) => id);
  const nameOf = (id: number): string => `servo ${id} (${joints.find(([, each]) => each.id === id)?.[0]})`;
  const tookMs: number[] = [];
  let last: ReadonlyMap<number, ServoReading> = new Map();
  for (let round = 0; round < rounds; round++) {
    const startNs = clock.nowNs();
    last = await bus.readAll(ids, 0);
    tookMs.push(nsToMs(clock.nowNs() - startNs));
  }
  const silent = ids.filter((id) => !bus.counts.byId.get(id) || bus.counts.byId.get(id)!.lost === rounds);
  const there = ids.filter((id) => !silent.includes(id));
  const asked = there.length * rounds;
  const lost = there.reduce((sum, id) => sum + bus.counts.byId.get(id)!.lost, 0);
  const lostPer1000 = asked === 0 ? 1000 : (1000 * lost) / asked;
  const [p50, p99] = [quantile(tookMs, 0.5), quantile(tookMs, 0.99)];
  const periodMs = 1e3 / rateHz;
  const checks: Check[] = [
    checked(
      "servos",
      silent.length === 0,
      `${there.length} of ${ids.length} answer`,
      `no answer from ${silent.map(nameOf).join(", ")}; look at the cable before the first, and its power`,
    ),
    checked(
      "round trip",
      p99 < periodMs,
      `all servos p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, at most ${periodMs.toFixed(1)} ms at ${rateHz} Hz`,
      "lower backend.rateHz, or set an FTDI adapter's latency timer to 1 ms",
    ),
    checked(
      "lost answers",
      lostPer1000 <= LOST_PER_1000_MAX,
      `${lostPer1000.toFixed(1)} of 1,000, ${bus.counts.malformed} malformed, at most ${LOST_PER_1000_MAX}`,
      "look at the cables, and whether another program talks on this port",
    ),
  ];
  for (const id of there)
    checks.push(...(await checkServo(bus, nameOf(id), joints.find(([, each]) => each.id === id)!, last.get(id), limits)));
  return checks;
}

async function checkServo(
  bus: ServoBus,
  name: string,
  [joint, wanted]: [string, Calibration[string]],
  reading: ServoReading | undefined,
  limits: ServoLimits,
): Promise<readonly Check[]> {
  const settings = await bus.readSettings(wanted.id);
  const { homing_offset: offsetSteps, range_min: positionMinSteps, range_max: positionMaxSteps } = wanted;
  const calibrated = differing(settings, { offsetSteps, positionMinSteps, positionMaxSteps });
  const tuned = differing(settings, settingsOf(joint));
  const isCalibrated = Object.keys(calibrated).length === 0;
  const isTuned = Object.keys(tuned).length === 0;
  const supply = reading
    ? `${reading.voltageV.toFixed(1)} V, ${reading.temperatureC} degrees C${reading.alarms.length > 0 ? `, ${reading.alarms.join(", ")}` : ""}`
    : "not read";
  const isFed =
    reading !== undefined &&
    reading.alarms.length === 0 &&
    reading.voltageV >= limits.voltageMinV &&
    reading.voltageV <= limits.voltageMaxV &&
    reading.temperatureC <= limits.temperatureMaxC;
  return [
    checked(
      name,
      isFed && isCalibrated,
      `${supply}; ${isCalibrated ? "calibrated as the file says" : `not as the file says, which has ${inWords(calibrated)}`}`,
      isCalibrated ? "look at its supply and what it carries" : "foresight calibrate, or name the file that belongs to this arm",
    ),
    ...(isTuned
      ? []
      : [
          {
            ...checked(
              `${name} settings`,
              false,
              `better: ${inWords(tuned)}`,
              "foresight setup-servos: from the factory a servo trembles at rest and answers late",
            ),
            needed: false,
          },
        ]),
  ];
}
