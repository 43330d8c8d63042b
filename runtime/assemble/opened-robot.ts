/** A robot that is open and ready to be decided for: with its clock, its way of pacing decisions and, where it is simulated, its world. */
import type { Observable } from "rxjs";
import type { ForkedKeeperRobot } from "../act/fork-keeper.ts";
import type { Pace } from "../agent.ts";
import type { Clock } from "../core/clock.ts";
import type { Order } from "../core/desk.ts";
import type { Robot } from "../core/robot.ts";
import type { Observation } from "../core/sensing.ts";
import type { TrialWorld } from "../core/trial.ts";

export interface OpenedRobot {
  readonly robot: Robot;
  readonly clock: Clock;
  readonly mode: "realtime" | "lockstep" | "replay";
  /** Null where it is real, or recorded. */
  readonly world: TrialWorld | null;
  /** Its keeper's process, where it has one, and how evenly it beats. */
  readonly keeper?: Pick<ForkedKeeperRobot, "pid" | "stats">;
  /** A question to its driver that no interface has, such as how a vendor's node stands; throws AgentError where nobody answers. */
  ask(name: string, payload?: unknown): Promise<unknown>;
  pace(observations: Observable<Observation>): Pace;
  /** The robot tells also what its senses found wrong, as they did when it was recorded; nothing is found again. */
  readonly tellsSenseFaults?: true;
  /** Of a recording: what the desk was told then, each at its time. */
  readonly orders?: Observable<Order>;
}
