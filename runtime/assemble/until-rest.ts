/** Waits until an arm that was told to stop stands still. */
import type { Clock } from "../core/clock.ts";
import type { Robot } from "../core/robot.ts";

export interface Resting {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly stopwatch: Clock;
}

const REST_POLL_MS = 20;
const REST_MS_MAX = 1000;

/** A stop is acknowledged before the arm stands still; in lockstep it does already. */
export async function untilRest({ robot, clock, stopwatch }: Resting): Promise<void> {
  const moves = (): boolean => robot.commandedAt(clock.nowNs()).velocityRadPerS.some((each) => each !== 0);
  for (let waitedMs = 0; moves() && waitedMs < REST_MS_MAX; waitedMs += REST_POLL_MS) await stopwatch.sleep(REST_POLL_MS);
}
