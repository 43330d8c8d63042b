/** What an arm of servos is made of: its configuration, and what its driver needs. */
import type { Observable } from "rxjs";
import type { Clock } from "../../core/clock.ts";
import type { AgentError } from "../../core/errors.ts";
import type { RobotSpec } from "../../core/robot.ts";
import type { Sample } from "../../core/sensing.ts";
import type { Calibration } from "./calibration.ts";
import type { ServoBus } from "./servo-bus.ts";
import type { ServoLimits } from "./servo-limits.ts";

/** Plain data. */
export interface ServoArmConfig {
  readonly calibration: Calibration;
  /** Rounds a second: each writes goals and reads everything. */
  readonly rateHz: number;
  /** Goals go so far ahead along the commanded velocity: what the servos lag behind. */
  readonly leadMs: number;
  /** hold: the servos keep their last goal under torque. rest-then-limp: the arm goes to its rest posture slowly, then lets go. */
  readonly leave: "hold" | "rest-then-limp";
  /** False: it only looks; no torque, no goal, no register is changed. */
  readonly moves: boolean;
  readonly limits: ServoLimits;
}

export interface ServoDriverOptions {
  readonly spec: RobotSpec;
  readonly config: ServoArmConfig;
  readonly clock: Clock;
  /** Opens the port; again after it was unplugged. Throws AgentErrors of the port. */
  readonly openBus: () => Promise<ServoBus>;
  /** What the arm's cameras see; neither ends nor fails. */
  readonly cameras?: {
    readonly samples: Observable<Sample>;
    readonly faults: Observable<AgentError>;
    /** Told where the joints stand, shape (jointCount). */
    felt(positionRad: Float64Array): void;
  };
  /** Of a virtual arm alone: "reset" with a Trial puts it elsewhere, "truth" says where everything is. Throws AgentErrors of the world. */
  readonly world?: (name: string, payload: unknown) => Promise<unknown>;
}
