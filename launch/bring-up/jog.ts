/** `foresight jog`: moves one joint at a time a few degrees, only while it is held, and checks order, sign and unit against the model. */
import { Subject, takeUntil } from "rxjs";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError, cameTooLate } from "../../runtime/core/errors.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { backendOf, onlyJogging } from "../backends/registry.ts";
import { openRobot, robotOf } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { type DriveParts, driveJoint } from "./drive-joint.ts";
import { judgeJog } from "./judge-jog.ts";

export interface JogOptions {
  readonly config: LaunchConfig;
  /** Names; all of the robot's when empty. */
  readonly joints: readonly string[];
  readonly degrees: number;
  readonly degreesPerS: number;
}

export interface JogIo {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Asks for this joint; the returned function says whether it is still held. Null when it is not to be moved. */
  readonly hold: (joint: string, motion: string) => Promise<(() => boolean) | null>;
}

export interface JogReport {
  readonly ok: boolean;
  readonly joints: readonly {
    readonly name: string;
    readonly commandedRad: number;
    readonly movedRad: number | null;
    readonly problems: readonly string[];
  }[];
}

const RAD_PER_DEGREE = Math.PI / 180;
const LEAD_MS = 100;
const SETTLE_MS = 400;

export async function jog(options: JogOptions, io: JogIo): Promise<JogReport> {
  const config = jogging(options.config);
  const spec = await robotOf(config);
  const opened = await openRobot({ ...config, cameras: [] }, spec, { effectMs: LEAD_MS });
  await using robot = opened.robot;
  if (opened.mode !== "realtime")
    throw new AgentError("launch.invalid", "jog: the arm moves while a person holds it; use backend.mode:=realtime");
  const over = new AbortController();
  let measuredRad: Float64Array | null = null;
  let fault: AgentError | null = null;
  const ending = new Subject<void>();
  robot.observe(over.signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints") measuredRad = sample.joints.positionRad;
    },
    error: () => {}, // Moving it throws.
  });
  robot.faults?.pipe(takeUntil(ending)).subscribe((error) => {
    if (!cameTooLate(error)) fault = error;
  });
  const clock = new SystemClock();
  let id = 0;
  const wait = (ms: number) => clock.sleep(ms);
  const parts: DriveParts = { robot, clock: opened.clock, leadMs: LEAD_MS, wait, nextId: () => id++ };
  const joints: JogReport["joints"][number][] = [];
  try {
    await wait(SETTLE_MS);
    for (const index of chosen(spec, options.joints)) {
      if (io.signal.aborted) break;
      const before = readingOf(measuredRad);
      const wayRad = roomFor(spec, index, before[index]!, options.degrees * RAD_PER_DEGREE);
      const result = await jogOne(
        parts,
        { index, wayRad, before, degreesPerS: options.degreesPerS, measured: () => readingOf(measuredRad) },
        io,
      );
      if (fault) throw fault;
      joints.push(result);
      io.say(result.problems.length === 0 ? `joint "${result.name}": right` : result.problems.join("\n"));
    }
  } finally {
    over.abort();
    ending.next();
    await robot.stop("jog ended").catch(() => {}); // A lost robot is stopped by its keeper.
  }
  const ok = joints.length === spec.joints.length && joints.every(({ problems }) => problems.length === 0);
  if (ok) backendOf(options.config).ladder()?.ladder.done("jog");
  return { ok: joints.length > 0 && joints.every(({ problems }) => problems.length === 0), joints };
}

interface OneJoint {
  readonly index: number;
  readonly wayRad: number;
  readonly before: Float64Array;
  readonly degreesPerS: number;
  readonly measured: () => Float64Array;
}

/** There, compared, and back. */
async function jogOne(
  parts: DriveParts,
  { index, wayRad, before, degreesPerS, measured }: OneJoint,
  io: JogIo,
): Promise<JogReport["joints"][number]> {
  const { spec } = parts.robot;
  const { name } = spec.joints[index]!;
  const commanded = parts.robot.commandedAt(parts.clock.nowNs()).positionRad[index]!;
  const speedRadPerS = degreesPerS * RAD_PER_DEGREE;
  const notMoved = (why: string) => ({ name, commandedRad: 0, movedRad: null, problems: [`joint "${name}": ${why}`] });
  const held = await io.hold(name, `${(wayRad / RAD_PER_DEGREE).toFixed(1)} degrees and back`);
  if (!held) return notMoved("was not moved");
  const mayMove = (): boolean => held() && !io.signal.aborted;
  const went = await driveJoint(parts, { joint: index, toRad: commanded + wayRad, speedRadPerS }, mayMove);
  await parts.wait(SETTLE_MS);
  const movedRad = measured().map((value, joint) => value - before[joint]!);
  const commandedRad = parts.robot.commandedAt(parts.clock.nowNs()).positionRad[index]! - commanded;
  if (went === "there") await driveJoint(parts, { joint: index, toRad: commanded, speedRadPerS }, mayMove);
  if (went === "released") return notMoved("was let go before it was there; hold it until it is back");
  return {
    name,
    commandedRad,
    movedRad: movedRad[index]!,
    problems: judgeJog({ names: spec.joints.map((joint) => joint.name), joint: index, commandedRad, movedRad }),
  };
}

/** Away from the nearer limit; a joint that has none has room either way. */
function roomFor({ joints }: RobotSpec, index: number, atRad: number, wayRad: number): number {
  const { type, positionMinRad, positionMaxRad } = joints[index]!;
  return type === "continuous" || atRad <= (positionMinRad + positionMaxRad) / 2 ? wayRad : -wayRad;
}

function readingOf(measuredRad: Float64Array | null): Float64Array {
  if (measuredRad) return measuredRad;
  throw new AgentError("sense.stale", "joints: nothing was heard of them yet; look whether the arm publishes");
}

function chosen({ name, joints }: RobotSpec, wanted: readonly string[]): readonly number[] {
  const all = joints.map((joint) => joint.name);
  const unknown = wanted.find((each) => !all.includes(each));
  if (unknown !== undefined) throw new AgentError("launch.invalid", `joint "${unknown}": ${name} has ${all.join(", ")}; name one of them`);
  return all.flatMap((each, index) => (wanted.length === 0 || wanted.includes(each) ? [index] : []));
}

/** The same launch file on the rung `jog`. Throws `launch.invalid` when `shadow` was not done. */
function jogging(config: LaunchConfig): LaunchConfig {
  backendOf(config).ladder()?.ladder.check("jog");
  return onlyJogging(config);
}

export function printJog({ ok, joints }: JogReport): string {
  const degrees = (rad: number | null): string => (rad === null ? "-" : (rad / RAD_PER_DEGREE).toFixed(2));
  const rows = joints.map(
    ({ name, commandedRad, movedRad, problems }) =>
      `${name.padEnd(24)} commanded ${degrees(commandedRad).padStart(7)}  moved ${degrees(movedRad).padStart(7)} degrees  ${problems.length === 0 ? "right" : "WRONG"}`,
  );
  return [...rows, ok ? "Order, sign and unit are the model's." : "Something is wrong; do not go on before it is right."].join("\n");
}
