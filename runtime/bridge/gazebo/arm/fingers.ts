/** The fingers of an exported arm: a position controller each, whose set-points go no faster than the gripper is told. */
import { fingerAt, heldGripper, openingAt, towardsM } from "../../../core/gripper.ts";
import type { GripperCommand } from "../../../core/motion.ts";
import type { GripperSpec } from "../../../core/robot.ts";
import type { GripperReading } from "../../../core/sensing.ts";
import type { GazeboMessage } from "../message-types.ts";
import type { GazeboNode } from "../node.ts";
import type { GazeboPublisher } from "../publications.ts";

export class GazeboFingers {
  readonly #spec: GripperSpec;
  readonly #topics: readonly string[];
  readonly #publishers: readonly GazeboPublisher<"Double">[];
  #setPointM: number | null = null;
  #told: GripperCommand | undefined;

  /** `topic` is where a joint's position controller listens. */
  constructor(node: GazeboNode, spec: GripperSpec, topic: (joint: string) => string) {
    this.#spec = spec;
    this.#topics = spec.fingers.map(({ joint }) => topic(joint));
    this.#publishers = this.#topics.map((name) => node.publish(name, "Double"));
  }

  /** Goes on for `dtS` towards what is told, from the measured opening at first. The force is what the exported controllers have at most: they cannot be told another. */
  follow(command: GripperCommand | undefined, dtS: number, measured: GripperReading | null): void {
    const fromM = this.#setPointM ?? measured?.openingM;
    if (!command || fromM === undefined) return;
    this.#told = command;
    const toM = towardsM(fromM, command, dtS);
    if (toM === this.#setPointM) return;
    this.#setPointM = toM;
    for (const [index, publisher] of this.#publishers.entries())
      publisher.send({ data: fingerAt(this.#spec, this.#spec.fingers[index]!, toM) });
  }

  /** What holds the fingers where they were brought; undefined before they were told anything. */
  get held(): GripperCommand | undefined {
    return this.#told && heldGripper(this.#told);
  }

  /** What the fingers need and do not have, in words. */
  missing(): readonly string[] {
    return this.#topics
      .filter((_, index) => !this.#publishers[index]!.hasSubscribers)
      .map((topic) => `nobody listens to "${topic}" (the JointPositionController of a finger)`);
  }
}

/** Null where not all fingers are told. */
export function fingersReading({ joint: joints }: GazeboMessage<"Model">, spec: GripperSpec): GripperReading | null {
  const positions = spec.fingers.map((finger) => joints.find(({ name }) => name === finger.joint)?.axis1?.position);
  return positions.every((position) => position !== undefined) ? { openingM: openingAt(spec, positions) } : null;
}
