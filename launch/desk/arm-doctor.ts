/** `foresight doctor LAUNCH --move`: what an arm does under its own weight: sag, backlash and lag of each joint by small guarded moves, its supply meanwhile, and how old its pictures are. */
import type { Body } from "../../runtime/assemble/body.ts";
import { type Clock, nsToMs, nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import { segmentDurationSMax } from "../../runtime/core/segment.ts";
import type { Frame, JointState } from "../../runtime/core/sensing.ts";
import { driveJoint } from "../bring-up/drive-joint.ts";
import { type Check, checked } from "../cli/check.ts";
import { latencyOf } from "./picture-latency.ts";

export interface ArmDoctorOptions {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly body: Pick<Body, "guard" | "toolAt" | "nextId">;
  /** Lowest supply at the servos now, volts. */
  readonly supplyV: () => Promise<number>;
  readonly voltageMinV: number;
  /** As the launch file has them. */
  readonly leadMs: number;
  readonly latencyMs: Readonly<Record<string, number>>;
  readonly say: (text: string) => void;
}

/** There, back, to the other side, back. */
const WAY_RAD = 0.06;
/** A joint that goes less of it does not follow. */
const WAY_SHARE_MIN = 0.75;
const SPEED_RAD_PER_S = 0.2;
const LEAD_MS = 100;
const SETTLE_MS = 500;
/** For the first reading. */
const FIRST_MS_MAX = 5000;
/** Readings at rest that are averaged. */
const REST_MS = 150;
const SAG_RAD_MAX = 0.05;
const BACKLASH_RAD_MAX = 0.03;
const LAG_MS_MAX = 250;
const LAG_STEP_MS = 5;
/** Off by more it is worth a line of the launch file. */
const LAG_OFF_MS = 15;
const LATENCY_OFF_MS = 30;
const PICTURES_HZ_MIN = 10;

/** Throws what moving the arm throws, and `guard.stop` where it may not move. */
export async function checkMotion(options: ArmDoctorOptions): Promise<readonly Check[]> {
  const { robot, clock, body, supplyV, voltageMinV, say } = options;
  const over = new AbortController();
  const felt: JointState[] = [];
  const frames = new Map<string, Frame[]>();
  let lost: unknown = null;
  robot.observe(over.signal).subscribe({
    next: (sample) => {
      if (sample.kind === "joints") felt.push(sample.joints);
      else frames.set(sample.frame.camera, [...(frames.get(sample.frame.camera) ?? []), sample.frame]);
    },
    error: (error) => {
      lost = error;
    },
  });
  const guarded = guardedRobot(options, () => felt.at(-1));
  const parts = { robot: guarded, clock, leadMs: LEAD_MS, wait: (ms: number) => clock.sleep(ms), nextId: body.nextId };
  const checks: Check[] = [];
  let lowestV = await supplyV();
  try {
    for (let waitedMs = 0; waitedMs < FIRST_MS_MAX && felt.length === 0 && lost === null; waitedMs += SETTLE_MS)
      await clock.sleep(SETTLE_MS);
    if (lost !== null) throw lost;
    const startedNs = clock.nowNs();
    for (const [joint, { name }] of robot.spec.joints.entries()) {
      say(`${name}: a little to and fro`);
      const homeRad = robot.commandedAt(clock.nowNs()).positionRad[joint]!;
      const rests: number[] = [];
      const beginNs = clock.nowNs();
      for (const side of [WAY_RAD, -WAY_RAD]) {
        await driveJoint(parts, { joint, toRad: homeRad + side, speedRadPerS: SPEED_RAD_PER_S }, () => lost === null);
        lowestV = Math.min(lowestV, await supplyV());
        await driveJoint(parts, { joint, toRad: homeRad, speedRadPerS: SPEED_RAD_PER_S }, () => lost === null);
        await clock.sleep(SETTLE_MS);
        rests.push(restOf(felt, joint, clock.nowNs()));
      }
      if (lost !== null) throw lost;
      checks.push(
        moveCheck(name, wayOf(felt, joint, beginNs)),
        ...jointChecks(options, name, homeRad, rests, lagOf(robot, felt, joint, beginNs)),
      );
    }
    const isFed = lowestV >= voltageMinV;
    checks.push(
      checked(
        "supply under load",
        isFed,
        `${lowestV.toFixed(1)} V at the lowest, at least ${voltageMinV} V`,
        "use the arm's own supply and short cables",
      ),
      ...cameraChecks(options, frames, felt, nsToSeconds(clock.nowNs() - startedNs)),
    );
    return checks;
  } finally {
    over.abort();
    await robot.stop("doctor is done").catch(() => {}); // A lost robot is stopped by its keeper.
  }
}

/** Every motion passes the guards of the launch file first. */
function guardedRobot({ robot, clock, body }: ArmDoctorOptions, newest: () => JointState | undefined): Robot {
  return Object.assign(Object.create(robot) as Robot, {
    async act(segment: Parameters<Robot["act"]>[0]) {
      const felt = newest();
      if (!felt)
        throw new AgentError("sense.stale", "doctor: nothing was heard of the joints yet; look at cable and power, then try again");
      const nowNs = clock.nowNs();
      const restRad = robot.commandedAt(segment.startNs + secondsToNs(segmentDurationSMax)).positionRad;
      const verdict = body.guard.check(segment, {
        ...{ nowNs, commanded: robot.commandedAt(segment.startNs), restRad, restInS: segmentDurationSMax, planMadeNs: nowNs },
        ...{ observationReceivedNs: felt.receivedNs, observationStampNs: felt.stampNs, toolAt: body.toolAt },
      });
      if (verdict.kind === "stop")
        throw new AgentError(
          "guard.stop",
          `doctor: the arm may not move there (${verdict.why.join("; ")}); jog it into the middle of its work area`,
        );
      return robot.act(verdict.segment);
    },
  });
}

const restOf = (felt: readonly JointState[], joint: number, nowNs: bigint): number => {
  const late = felt.filter(({ receivedNs }) => nsToMs(nowNs - receivedNs) <= REST_MS).map(({ positionRad }) => positionRad[joint]!);
  return late.reduce((sum, rad) => sum + rad, 0) / late.length;
};

/** How far the measured motion lies behind the commanded one: the shift at which the two differ least, whatever the joint sags. */
function lagOf({ commandedAt }: Robot, felt: readonly JointState[], joint: number, sinceNs: bigint): number {
  const moved = felt.filter(({ stampNs }) => stampNs >= sinceNs);
  let best = { ms: 0, spread: Number.POSITIVE_INFINITY };
  for (let ms = 0; ms <= LAG_MS_MAX; ms += LAG_STEP_MS) {
    const off = moved.map(
      ({ stampNs, positionRad }) => positionRad[joint]! - commandedAt(stampNs - BigInt(ms) * 1_000_000n).positionRad[joint]!,
    );
    const mean = off.reduce((sum, each) => sum + each, 0) / off.length;
    const spread = off.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    if (spread < best.spread) best = { ms, spread };
  }
  return best.ms;
}

/** Between the ends of what was felt. */
function wayOf(felt: readonly JointState[], joint: number, sinceNs: bigint): number {
  const atRad = felt.filter(({ stampNs }) => stampNs >= sinceNs).map(({ positionRad }) => positionRad[joint]!);
  return Math.max(...atRad) - Math.min(...atRad);
}

const moveCheck = (name: string, wayRad: number): Check =>
  checked(
    `${name} moves`,
    wayRad >= WAY_SHARE_MIN * 2 * WAY_RAD,
    `by ${wayRad.toFixed(3)} rad where it was told ${2 * WAY_RAD} rad to and fro`,
    "look what holds it, at its horn's screw, and at its gain (foresight setup-servos)",
  );

function jointChecks(
  { leadMs }: ArmDoctorOptions,
  name: string,
  homeRad: number,
  [above = homeRad, below = homeRad]: readonly number[],
  lagMs: number,
): Check[] {
  const sagRad = (above + below) / 2 - homeRad;
  const backlashRad = Math.abs(above - below);
  const bounds = `at most ${SAG_RAD_MAX} and ${BACKLASH_RAD_MAX} rad`;
  return [
    checked(
      `${name} at rest`,
      Math.abs(sagRad) <= SAG_RAD_MAX && backlashRad <= BACKLASH_RAD_MAX,
      `sags by ${sagRad.toFixed(4)} rad, backlash ${backlashRad.toFixed(4)} rad, ${bounds}`,
      "look at its screws and its horn, and what the arm carries",
    ),
    {
      ...checked(
        `${name} lag`,
        Math.abs(lagMs - leadMs) <= LAG_OFF_MS,
        `${lagMs} ms behind its command, backend.leadMs is ${leadMs}`,
        `backend.leadMs: ${leadMs + lagMs}`,
      ),
      needed: false,
    },
  ];
}

const cameraChecks = (
  { latencyMs }: ArmDoctorOptions,
  frames: ReadonlyMap<string, readonly Frame[]>,
  felt: readonly JointState[],
  seconds: number,
): readonly Check[] =>
  Object.entries(latencyMs).flatMap(([name, toldMs]) => {
    const seen = frames.get(name) ?? [];
    const rateHz = seen.length / seconds;
    const ageMs = latencyOf(seen, felt);
    const age =
      ageMs === null
        ? "their age is not known: the arm's motion is not seen in them"
        : `${ageMs} ms old when they come, latencyMs is ${toldMs}`;
    return [
      checked(
        `camera ${name}`,
        rateHz >= PICTURES_HZ_MIN,
        `${rateHz.toFixed(1)} pictures a second, at least ${PICTURES_HZ_MIN}`,
        "lower its widthPx and heightPx, or give it a USB port of its own",
      ),
      {
        ...checked(
          `camera ${name} age`,
          ageMs !== null && Math.abs(ageMs - toldMs) <= LATENCY_OFF_MS,
          age,
          ageMs === null ? "look where it points" : `backend.cameras.${name}.latencyMs: ${ageMs}`,
        ),
        needed: false,
      },
    ];
  });
