/** `foresight bench stop`: how long and how far this arm goes on after it was told to stop, joint by joint in motion, in simulation or for real. */

import { nsToMs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { figure } from "../../../runtime/core/figure.ts";
import type { JointState } from "../../../runtime/core/sensing.ts";
import { quantile, round } from "../../../runtime/core/statistics.ts";
import { distanceM, type Vec3 } from "../../../runtime/core/vec3.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { backendOf } from "../../backends/registry.ts";
import { type DriveParts, driveJoint } from "../../bring-up/drive-joint.ts";
import { openRobot, robotOf } from "../../compose.ts";
import type { LaunchConfig } from "../../config/schema.ts";
import { table } from "./table.ts";

export interface BenchStopOptions {
  readonly config: LaunchConfig;
  /** Name of the joint that moves; the first when absent. */
  readonly joint?: string | undefined;
  /** Shares of the joint's velocity limit. */
  readonly shares: readonly number[];
  readonly repeats: number;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface StopRow {
  /** Of the joint's velocity limit. */
  readonly speedShare: number;
  readonly speedRadPerS: number;
  readonly stops: number;
  /** From the call to the first reading from which on the joint rests. */
  readonly restMs: { readonly p50: number; readonly max: number };
  readonly wayRad: { readonly p50: number; readonly max: number };
  readonly toolCm: { readonly p50: number; readonly max: number };
}

export interface BenchStopResult {
  readonly bench: "stop";
  readonly robot: string;
  readonly backend: string;
  readonly joint: string;
  readonly rows: readonly StopRow[];
}

const LEAD_MS = 100;
const WAY_RAD = 0.6;
/** A joint slower than this rests. */
const REST_RAD_PER_S = 0.01;
/** The stop is called when the joint goes at least this share of the speed asked for. */
const UP_TO_SPEED = 0.85;
const UP_MS_MAX = 2000;
const LOOK_EVERY_MS = 2;
const AFTER_MS = 1000;

interface Reading {
  readonly atNs: bigint;
  readonly joints: JointState;
}

export async function benchStop(options: BenchStopOptions): Promise<BenchStopResult> {
  const { config, shares, repeats, signal } = options;
  backendOf(config).ladder()?.ladder.check("normal"); // It is faster than on the rung below.
  const spec = await robotOf(config);
  const index = options.joint === undefined ? 0 : spec.joints.findIndex(({ name }) => name === options.joint);
  const joint = spec.joints[index];
  if (!joint)
    throw new AgentError(
      "launch.invalid",
      `joint "${options.joint}": ${spec.name} has ${spec.joints.map(({ name }) => name).join(", ")}; name one of them`,
    );
  const opened = await openRobot({ ...config, cameras: [] }, spec, { effectMs: LEAD_MS });
  await using robot = opened.robot;
  if (opened.mode !== "realtime") throw new AgentError("launch.invalid", "bench stop: measures time; use backend.mode:=realtime");
  using kinematics = await createKinematics(spec);
  const over = new AbortController();
  const readings: Reading[] = [];
  robot.observe(over.signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints") readings.push({ atNs: opened.clock.nowNs(), joints: sample.joints });
      if (readings.length > READINGS_MAX) readings.splice(0, READINGS_MAX / 2);
    },
    error: () => {}, // Moving it throws.
  });
  let id = 0;
  const parts: DriveParts = { robot, clock: opened.clock, leadMs: LEAD_MS, wait: (ms) => opened.clock.sleep(ms), nextId: () => id++ };
  const rows: StopRow[] = [];
  try {
    for (const share of shares) {
      const stops: Stop[] = [];
      for (let repeat = 0; repeat < repeats && !signal.aborted; repeat++) {
        options.onProgress(`${(share * 100).toFixed(0)} % speed, stop ${repeat + 1} of ${repeats}`);
        const speedRadPerS = share * joint.velocityMaxRadPerS;
        stops.push(await stopOnce(parts, { joint: index, toRad: 0, speedRadPerS }, readings, (rad) => kinematics.toolAt(rad)));
      }
      if (stops.length > 0) rows.push(rowOf(share, joint.velocityMaxRadPerS, stops));
    }
  } finally {
    over.abort();
    await robot.stop("bench ended").catch(() => {}); // A lost robot is stopped by its keeper.
  }
  return { bench: "stop", robot: spec.name, backend: config.backend.kind, joint: joint.name, rows };
}

const READINGS_MAX = 20_000;

export interface Stop {
  readonly restMs: number;
  readonly wayRad: number;
  readonly toolM: number;
}

/** Gets the joint going, stops it, looks on, and brings it back where it was. */
async function stopOnce(
  parts: DriveParts,
  drive: Parameters<typeof driveJoint>[1],
  readings: Reading[],
  toolAt: (rad: Float64Array) => Vec3,
): Promise<Stop> {
  const { robot, clock, wait } = parts;
  const { positionMinRad: min, positionMaxRad: max } = robot.spec.joints[drive.joint]!;
  const home = robot.commandedAt(clock.nowNs()).positionRad[drive.joint]!;
  const toRad = home <= (min + max) / 2 ? home + WAY_RAD : home - WAY_RAD;
  const speed = (): number => Math.abs(readings.at(-1)?.joints.velocityRadPerS[drive.joint] ?? 0);
  const upNs = clock.nowNs();
  const isUp = (): boolean => speed() >= UP_TO_SPEED * drive.speedRadPerS || nsToMs(clock.nowNs() - upNs) > UP_MS_MAX;
  // Going on until it is fast enough; the stop takes the arm out of the midst of its motion.
  const going = driveJoint(parts, { ...drive, toRad }, () => true).catch(refusedBecauseStopped);
  await Promise.race([going, until(isUp, wait)]); // A motion that fails ends it here.
  const stopNs = clock.nowNs();
  await robot.stop("bench stop");
  await going;
  await wait(AFTER_MS);
  const stop = measureStop(readings, stopNs, drive.joint, toolAt);
  await robot.resume();
  await driveJoint(parts, { ...drive, toRad: home }, () => true);
  return stop;
}

async function until(holds: () => boolean, wait: DriveParts["wait"]): Promise<void> {
  while (!holds()) await wait(LOOK_EVERY_MS);
}

function refusedBecauseStopped(error: unknown): "released" {
  if (error instanceof AgentError && error.code === "robot.rejected") return "released";
  throw error;
}

/** From the readings around the call: the first that begins a rest, and how far it is from the last before the call. Throws `robot.aborted` when there is none. */
export function measureStop(readings: readonly Reading[], stopNs: bigint, joint: number, toolAt: (rad: Float64Array) => Vec3): Stop {
  const before = readings.findLast(({ atNs }) => atNs <= stopNs);
  const moving = readings.findLastIndex(({ atNs, joints }) => atNs > stopNs && Math.abs(joints.velocityRadPerS[joint]!) >= REST_RAD_PER_S);
  const rest = moving === -1 ? readings.find(({ atNs }) => atNs > stopNs) : readings[moving + 1];
  if (!before || !rest)
    throw new AgentError("robot.aborted", `bench stop: the arm did not come to rest within ${AFTER_MS} ms of the stop; look at it`);
  const [from, to] = [toolAt(before.joints.positionRad), toolAt(rest.joints.positionRad)];
  return {
    restMs: nsToMs(rest.atNs - stopNs),
    wayRad: Math.abs(rest.joints.positionRad[joint]! - before.joints.positionRad[joint]!),
    toolM: distanceM(from, to),
  };
}

function rowOf(speedShare: number, limitRadPerS: number, stops: readonly Stop[]): StopRow {
  const of = (values: readonly number[], digits: number) => ({
    p50: round(quantile(values, 0.5), digits),
    max: round(Math.max(...values), digits),
  });
  return {
    speedShare,
    speedRadPerS: round(speedShare * limitRadPerS, 3),
    stops: stops.length,
    restMs: of(
      stops.map(({ restMs }) => restMs),
      0,
    ),
    wayRad: of(
      stops.map(({ wayRad }) => wayRad),
      4,
    ),
    toolCm: of(
      stops.map(({ toolM }) => toolM * 100),
      2,
    ),
  };
}

export function printBenchStop({ robot, backend, joint, rows }: BenchStopResult): string {
  const cells = rows.map(({ speedShare, speedRadPerS, stops, restMs, wayRad, toolCm }) => ({
    speed: `${(speedShare * 100).toFixed(0)} % = ${speedRadPerS} rad/s`,
    stops,
    "to rest p50": figure(restMs.p50, { unit: "ms" }),
    max: figure(restMs.max, { unit: "ms" }),
    "joint p50": figure(wayRad.p50, { unit: "rad" }),
    "joint max": figure(wayRad.max, { unit: "rad" }),
    "tool p50": figure(toolCm.p50, { unit: "cm" }),
    "tool max": figure(toolCm.max, { unit: "cm" }),
  }));
  return [
    `${robot} by ${backend}, joint "${joint}": from the call of stop to rest (slower than ${REST_RAD_PER_S} rad/s), by its own readings`,
    table(cells),
  ].join("\n");
}
