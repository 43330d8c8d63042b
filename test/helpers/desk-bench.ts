/** Keeper, driver, bus and virtual SO-101 in one process on one injected clock: everything of an arm on a desk but the cable. */
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { virtualCalibration } from "../../launch/desk/virtual-arm.ts";
import { so101Spec } from "../../robots/so101/spec.ts";
import { memoryChannels } from "../../runtime/act/channel.ts";
import { type KeeperEnd, runKeeper } from "../../runtime/act/keeper.ts";
import { connectKeeper, type KeeperRobot } from "../../runtime/act/keeper-robot.ts";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import { parseCalibration } from "../../runtime/bridge/servos/calibration.ts";
import { ServoDriver } from "../../runtime/bridge/servos/driver.ts";
import type { ServoArmConfig } from "../../runtime/bridge/servos/servo-arm.ts";
import { servoLimitDefaults } from "../../runtime/bridge/servos/servo-limits.ts";
import { ManualClock, secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { GripperCommand } from "../../runtime/core/motion.ts";
import { createRng } from "../../runtime/core/rng.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { type ArmBody, createArmBody } from "../../sim/servos/arm-body.ts";
import { createArmWorld } from "../../sim/servos/arm-world.ts";
import { createVirtualArm, type VirtualArm } from "../../sim/servos/virtual-arm.ts";
import { type MemoryPort, memoryPorts } from "./memory-port.ts";

export const calibration = parseCalibration(virtualCalibration, readFileSync(virtualCalibration, "utf8"));
export const IDS = [1, 2, 3, 4, 5, 6];
export const HORN_STEPS = [2101, 1987, 2230, 1890, 2012, 1700];

/** The arm with its jaw as a gripper. */
export const grippingSpec: RobotSpec = {
  ...so101Spec,
  gripper: {
    openingMinM: 0,
    openingMaxM: 0.1,
    speedMaxMPerS: 0.1,
    forceMaxN: 10,
    fingers: [{ kind: "hinge", joint: "gripper", closedRad: -0.174533, openRad: 1.74533 }],
    actuator: "gripper",
  },
};

export interface DeskBench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly body: ArmBody;
  readonly arm: VirtualArm;
  readonly port: MemoryPort;
  readonly faults: AgentError[];
  /** Throws what the keeper refuses. */
  start(change?: Partial<ServoArmConfig>): Promise<KeeperRobot>;
  readonly ended: () => Promise<KeeperEnd>;
  /** A motion of one joint from where it is commanded. */
  move(joint: number, byRad: number, durationS?: number): Promise<void>;
  /** The gripper is told an opening; the arm stays. */
  grip(gripper: GripperCommand): Promise<void>;
  passMs(ms: number): Promise<void>;
  passUntil<T>(promise: Promise<T>): Promise<T>;
  /** The joints' true angles, radians. */
  angles(): readonly number[];
}

export async function deskBench({
  spec = so101Spec,
  seed = 1,
  cameras,
}: {
  readonly spec?: RobotSpec;
  readonly seed?: number;
  /** With them its world can be reset and asked, over a channel of its own. */
  readonly cameras?: readonly CameraSpec[];
} = {}): Promise<DeskBench> {
  const clock = new ManualClock(1_000_000_000n);
  const [port, far] = memoryPorts();
  const body = await createArmBody(spec, defaultScene);
  const arm = createVirtualArm({ body, port: far, clock, rng: createRng(seed), ids: IDS, hornSteps: HORN_STEPS });
  for (const [index, name] of body.names.entries()) {
    const { homing_offset, range_min, range_max } = calibration[name]!;
    const { table } = arm.servos[index]!;
    table.set("returnDelayUs", 0);
    table.set("gainP", 16);
    table.set("offsetSteps", homing_offset);
    table.set("positionMinSteps", range_min);
    table.set("positionMaxSteps", range_max);
  }
  const ask = cameras && createArmWorld({ arm, body, spec, cameras });
  const world = ask ? { world: async (name: string, payload: unknown) => ask(name, payload) } : {};
  const faults: AgentError[] = [];
  let ended: Promise<KeeperEnd> | null = null;
  let robot: KeeperRobot | null = null;
  let segment = 0;
  const passMs = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed++) {
      clock.advance(1);
      await setImmediate();
    }
  };
  const passUntil = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    promise.finally(() => (isSettled = true)).catch(() => {}); // The caller gets the failure from the return value.
    for (let passes = 0; passes < 30_000 && !isSettled; passes++) {
      await setImmediate();
      if (!isSettled) await passMs(1);
    }
    return promise;
  };
  const openBus = async () => {
    if (!port.isPlugged) throw new AgentError("bridge.failed", "port memory: it is not there");
    return createFeetechBus({ port, clock, answerMs: 2 });
  };
  const bench: DeskBench = {
    clock,
    body,
    arm,
    port,
    faults,
    passMs,
    passUntil,
    angles: () => body.names.map((_, index) => body.angleRad(index)),
    ended: () => ended!,
    async start(change = {}) {
      const config: ServoArmConfig = {
        calibration,
        rateHz: 100,
        leadMs: 0,
        leave: "hold",
        moves: true,
        limits: servoLimitDefaults,
        ...change,
      };
      const driver = await passUntil(ServoDriver.create({ spec, config, clock, openBus, ...world }));
      const [agentSide, keeperSide] = memoryChannels();
      ended = runKeeper({ spec, driver, channel: keeperSide, clock, lastGuard });
      const connected = await passUntil(connectKeeper({ spec, channel: agentSide, clock, leaveTimeoutMs: 30_000 }));
      connected.faults?.subscribe((fault) => faults.push(fault));
      const dispose = connected[Symbol.asyncDispose];
      robot = {
        ...connected,
        ask: (name, payload, timeoutMs) => passUntil(connected.ask(name, payload, timeoutMs)),
        resume: () => passUntil(connected.resume()),
        [Symbol.asyncDispose]: () => passUntil((async () => await dispose())()),
      };
      return robot;
    },
    async move(joint, byRad, durationS = 0.4) {
      const startNs = clock.nowNs() + secondsToNs(0.02);
      const from = robot!.commandedAt(startNs);
      const toRad = from.positionRad.map((value, index) => (index === joint ? value + byRad : value));
      await robot!.act(quinticSegment({ id: segment++, startNs, from, toRad, durationS }));
    },
    async grip(gripper) {
      const startNs = clock.nowNs() + secondsToNs(0.02);
      const from = robot!.commandedAt(startNs);
      await robot!.act({ ...quinticSegment({ id: segment++, startNs, from, toRad: from.positionRad, durationS: 0.1 }), gripper });
    },
    async [Symbol.asyncDispose]() {
      await robot?.[Symbol.asyncDispose]();
      arm[Symbol.dispose]();
      body[Symbol.dispose]();
    },
  };
  return bench;
}
