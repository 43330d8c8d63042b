/** Keeper and agent's side in one process over an in-memory channel, on one injected clock. */
import { setImmediate } from "node:timers/promises";
import { type Channel, memoryChannels } from "../../runtime/act/channel.ts";
import type { LastGuard } from "../../runtime/act/driver.ts";
import { type KeeperEnd, runKeeper } from "../../runtime/act/keeper.ts";
import { connectKeeper, type KeeperRobot } from "../../runtime/act/keeper-robot.ts";
import { ManualClock } from "../../runtime/core/clock.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { type Freezable, freezable } from "./freezable.ts";
import { createFakeDriver, type FakeDriver, type FakeDriverOptions, twoJointSpec } from "./kinematic-arm.ts";

export interface MemoryKeeper {
  readonly clock: ManualClock;
  readonly driver: FakeDriver;
  readonly robot: KeeperRobot;
  /** The agent's end of the channel. */
  readonly agentSide: Channel;
  readonly ended: Promise<KeeperEnd>;
  /** Of the keeper's side alone. */
  readonly process: Pick<Freezable, "freeze" | "goOn">;
  /** Advances the clock beat by beat and lets messages arrive. */
  passMs(ms: number): Promise<void>;
  /** Passes time until it settles, 10 s at most. */
  passUntil<T>(promise: Promise<T>): Promise<T>;
}

const BEAT_MS = 4;

export interface MemoryKeeperOptions extends FakeDriverOptions {
  /** Default twoJointSpec. */
  readonly spec?: RobotSpec;
  readonly guard?: LastGuard;
  readonly onCommand?: () => void;
  /** Aborting it is SIGTERM to the keeper's process. */
  readonly signal?: AbortSignal;
  /** As the system tells it. */
  readonly isAgentDying?: () => boolean;
  readonly onEnd?: () => void;
}

export async function startMemoryKeeper(options: MemoryKeeperOptions = {}): Promise<MemoryKeeper> {
  const { spec = twoJointSpec, guard = lastGuard, onCommand, signal, isAgentDying = () => false, onEnd = () => {}, ...arm } = options;
  const clock = new ManualClock(1_000_000_000n);
  const [agentSide, keeperSide] = memoryChannels();
  const driver = createFakeDriver(spec, clock, arm);
  if (onCommand) driver.command = onCommand;
  const process = freezable(clock, keeperSide);
  const parts = { spec, driver, channel: process.channel, clock: process.clock, lastGuard: guard, isAgentDying, onEnd };
  const ended = runKeeper(signal ? { ...parts, signal } : parts);
  const passMs = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += BEAT_MS) {
      clock.advance(Math.min(BEAT_MS, ms - passed));
      await setImmediate();
    }
  };
  const passUntil = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    settled.catch(() => {}); // The caller gets the failure from the return value.
    for (let passes = 0; passes < 2500 && !isSettled; passes++) await passMs(BEAT_MS);
    return settled;
  };
  const connecting = connectKeeper({ spec, channel: agentSide, clock });
  const connected = await passUntil(connecting);
  const dispose = connected[Symbol.asyncDispose];
  // They wait for the arm, whose time passes only here.
  const resume = (): Promise<void> => passUntil(connected.resume());
  const robot = { ...connected, resume, [Symbol.asyncDispose]: () => passUntil((async () => await dispose())()) };
  return { clock, driver, robot, agentSide, ended, process, passMs, passUntil };
}
