/** A robot that is open and ready to be decided for: with its clock and its way of pacing decisions. */
import type { Observable } from "rxjs";
import type { Pace } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import type { Robot } from "../core/robot.ts";
import type { Observation } from "../core/sensing.ts";

export interface OpenedRobot {
  readonly robot: Robot & { ask(name: string, payload?: unknown): Promise<unknown> };
  readonly clock: Clock;
  readonly mode: "realtime" | "lockstep" | "replay";
  pace(observations: Observable<Observation>): Pace;
}
