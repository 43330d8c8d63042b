/** An exported arm in a running Gazebo: its joints, cameras and loose things as they are told, trajectories, world control. Both time modes are built on it. */

import { createSettledReading, OUTSIDE_RAD_MAX, type SettledReading } from "../../../act/settled-reading.ts";
import { type Clock, secondsToNs } from "../../../core/clock.ts";
import { AgentError, invariant } from "../../../core/errors.ts";
import { checkJoints } from "../../../core/joint-reading.ts";
import type { GripperCommand, JointCommand } from "../../../core/motion.ts";
import type { RobotSpec } from "../../../core/robot.ts";
import type { CameraSpec } from "../../../core/sensing.ts";
import type { Pose } from "../../../core/trial.ts";
import type { GazeboNetwork } from "../environment.ts";
import type { GazeboInit } from "../message-types.ts";
import { type GazeboNode, openGazeboNode } from "../node.ts";
import type { GazeboPublisher } from "../publications.ts";
import type { GazeboSubscription } from "../subscriptions.ts";
import type { GazeboWarning } from "../warnings.ts";
import { GazeboFingers } from "./fingers.ts";
import { rgbOf } from "./pictures.ts";
import { type JointReading, jointReading, type PoseReading, poseReading, stampOf, type WorldReading, worldReading } from "./readings.ts";

/** How the exported world names what the arm needs. */
export interface GazeboTopics {
  readonly jointState: string;
  readonly trajectory: string;
  /** Of a joint's position controller. */
  position(joint: string): string;
  pose(object: string): string;
  image(camera: string): string;
}

export interface GazeboArmOptions {
  readonly spec: RobotSpec;
  /** In the model's order. */
  readonly cameras: readonly CameraSpec[];
  /** Monotonic. */
  readonly clock: Clock;
  readonly partition: string;
  readonly network: GazeboNetwork;
  /** Name of the world. */
  readonly world: string;
  readonly topics: GazeboTopics;
  /** Names of the loose things' models. */
  readonly objects: readonly string[];
  /** Torque that a command needs beside the servo's own, shape (jointCount), N m. */
  readonly torqueNm: (command: JointCommand) => Float64Array;
  /** For everything to be there. */
  readonly connectMsMax: number;
  readonly onWarning: (warning: GazeboWarning) => void;
}

/** One picture with its simulated time. */
export interface Picture {
  readonly camera: CameraSpec;
  readonly rgb: Uint8Array;
  readonly simNs: bigint;
  readonly receivedNs: bigint;
}

export interface ArmEvents {
  onJoints(reading: JointReading, receivedNs: bigint): void;
  onPicture(picture: Picture): void;
  onObject(): void;
  /** At most ten times a second, also while the world is paused. */
  onWorld(reading: WorldReading): void;
  /** The arm or a camera is not what the launch file says. */
  onError(error: AgentError): void;
}

/** Set-points of a trajectory are so far apart: one a beat of the command stream. */
const POINT_S = 0.004;
const REQUEST_MS_MAX = 30_000;
const MAY_REPEAT = { repeatMs: 1000 } as const;
const LOOK_MS = 20;

export class GazeboArm implements AsyncDisposable {
  readonly options: GazeboArmOptions;
  readonly node: GazeboNode;
  joints: JointReading | null = null;
  /** In simulated time. */
  readonly reading: SettledReading;
  world: WorldReading | null = null;
  /** Newest of each camera, by name. */
  readonly pictures = new Map<string, Picture>();
  readonly #poses = new Map<string, PoseReading>();
  #restRad: Float64Array | null = null;
  #otherCommander: string | null = null;
  readonly #events: ArmEvents;
  /** Null without a gripper. */
  readonly fingers: GazeboFingers | null;
  readonly #trajectory: GazeboPublisher<"JointTrajectory">;
  readonly #jointState: GazeboSubscription;

  static async open(options: GazeboArmOptions, events: ArmEvents): Promise<GazeboArm> {
    return new GazeboArm(options, events, await openGazeboNode(options));
  }

  private constructor(options: GazeboArmOptions, events: ArmEvents, node: GazeboNode) {
    this.options = options;
    this.node = node;
    this.#events = events;
    const { topics, cameras, spec } = options;
    this.reading = createSettledReading(spec.joints);
    this.#trajectory = node.publish(topics.trajectory, "JointTrajectory");
    this.fingers = spec.gripper ? new GazeboFingers(node, spec.gripper, topics.position) : null;
    this.#jointState = node.subscribe(topics.jointState, "Model", (message, receivedNs) =>
      this.#guarded(() => {
        this.joints = jointReading(message, spec);
        const { simNs, ...positions } = this.joints;
        this.reading.take({ ...positions, stampNs: simNs, receivedNs: simNs });
        events.onJoints(this.joints, receivedNs);
      }),
    );
    for (const name of options.objects) {
      node.subscribe(topics.pose(name), "Pose", (message) => {
        if (message.name !== name) return;
        this.#poses.set(name, poseReading(message));
        events.onObject();
      });
    }
    node.subscribe(`/world/${options.world}/stats`, "WorldStatistics", (message) => {
      this.world = worldReading(message);
      events.onWorld(this.world);
    });
    for (const camera of cameras) {
      node.subscribe(topics.image(camera.name), "Image", (message, receivedNs) =>
        this.#guarded(() => {
          const simNs = stampOf(message.header);
          if (simNs <= (this.pictures.get(camera.name)?.simNs ?? -1n)) return; // Gazebo repeats stamps while it catches up with a late subscriber.
          const picture: Picture = { camera, rgb: rgbOf(message, camera), simNs, receivedNs };
          this.pictures.set(camera.name, picture);
          events.onPicture(picture);
        }),
      );
    }
  }

  /** Somebody tells the arm's joints: false once the server has said goodbye or has been silent for three seconds. */
  get isThere(): boolean {
    return this.#jointState.publisherCount > 0;
  }

  /**
   * Waits until everything is there and the joints' readings agree where the arm stands, `kick` being called again and again.
   * Throws `bridge.timeout` naming what is not there, or what is wrong with the readings.
   */
  async connect(kick: () => Promise<void>): Promise<void> {
    const { clock, connectMsMax, world } = this.options;
    const deadlineNs = clock.nowNs() + secondsToNs(connectMsMax / 1e3);
    await this.node.request(`/world/${world}/control`, "WorldControl", { pause: true }, "Boolean", connectMsMax, MAY_REPEAT);
    for (;;) {
      await kick();
      const missing = this.missing();
      const simNs = this.joints?.simNs ?? 0n;
      const isSettled = this.reading.standsAt(simNs) !== null;
      if (missing.length === 0 && isSettled) return;
      if (clock.nowNs() > deadlineNs) {
        if (missing.length === 0) throw this.reading.objection(simNs);
        throw new AgentError(
          "bridge.timeout",
          `Gazebo: not there after ${connectMsMax} ms: ${missing.join(", ")}; look with "foresight gazebo doctor", or export the world again`,
        );
      }
      await clock.sleep(LOOK_MS);
    }
  }

  /** What the arm needs and does not have, in words. */
  missing(): readonly string[] {
    const { topics, cameras, objects, spec } = this.options;
    const missing: string[] = [];
    if (!this.joints) missing.push(`nothing on "${topics.jointState}" (the robot's JointStatePublisher)`);
    for (const name of objects) {
      if (!this.#poses.has(name)) missing.push(`nothing on "${topics.pose(name)}" (the PosePublisher of "${name}")`);
    }
    if (!this.#trajectory.hasSubscribers)
      missing.push(`nobody listens to "${topics.trajectory}" (the JointTrajectoryController of "${spec.name}")`);
    missing.push(...(this.fingers?.missing() ?? []));
    for (const { name } of cameras) {
      if (!this.pictures.has(name)) missing.push(`no picture on "${topics.image(name)}" (a camera, and the Sensors plugin of the world)`);
    }
    return missing;
  }

  /** Where the last commanded motion ends, shape (jointCount); before any, where the arm is. */
  get restRad(): Float64Array {
    const restRad = this.#restRad ?? this.joints?.positionRad;
    invariant(restRad, "the joints were heard before the arm is used");
    return restRad.slice();
  }

  /** Where the joints read now, shape (jointCount); a copy. Throws AgentErrors when that is nothing to start from. */
  soundRad(): Float64Array {
    const { joints } = this.options.spec;
    if (!this.joints)
      throw new AgentError(
        "robot.lost",
        `robot "${this.options.spec.name}": its joints were never heard; look with "foresight gazebo doctor", then start again`,
      );
    const unsound = checkJoints(this.joints, joints, OUTSIDE_RAD_MAX);
    if (unsound) throw unsound;
    return this.joints.positionRad.slice();
  }

  /** Commands a motion from now on, for `durationS` seconds of simulated time; the arm then stays at its end. */
  follow(commandAt: (tS: number) => JointCommand, durationS: number): void {
    const count = Math.max(1, Math.ceil(durationS / POINT_S - 1e-9));
    const points = Array.from({ length: count + 1 }, (_, index) => {
      const tS = Math.min(index * POINT_S, durationS);
      const command = commandAt(tS);
      return {
        positions: [...command.positionRad],
        velocities: [...command.velocityRadPerS],
        effort: [...this.options.torqueNm(command)],
        timeFromStart: durationOf(secondsToNs(tS)),
      };
    });
    this.#restRad = commandAt(durationS).positionRad.slice();
    this.#trajectory.send({ jointNames: this.options.spec.joints.map(({ name }) => name), points });
  }

  /** Goes on for `dtS` towards what the gripper is told. */
  grip(gripper: GripperCommand | undefined, dtS: number): void {
    this.fingers?.follow(gripper, dtS, this.joints?.gripper ?? null);
  }

  /** `pause` counts in every request: Gazebo has no "leave it". True only says that it was taken in. */
  async control(request: GazeboInit<"WorldControl">): Promise<void> {
    const { data } = await this.node.request(`/world/${this.options.world}/control`, "WorldControl", request, "Boolean", REQUEST_MS_MAX);
    if (!data) throw new AgentError("bridge.refused", `Gazebo refused to control world "${this.options.world}"; look into its own log`);
  }

  /** Where a loose thing was last told to be; null before. */
  poseOf(object: string): PoseReading | null {
    return this.#poses.get(object) ?? null;
  }

  /** Puts a loose thing there, at rest; it is there after the next step. */
  async placeObject(name: string, { positionM: [x, y, z], yawRad }: Pose): Promise<void> {
    const pose = { name, position: { x, y, z }, orientation: { w: Math.cos(yawRad / 2), z: Math.sin(yawRad / 2) } };
    const { data } = await this.node.request(`/world/${this.options.world}/set_pose`, "Pose", pose, "Boolean", REQUEST_MS_MAX, MAY_REPEAT);
    if (!data) throw new AgentError("bridge.refused", `Gazebo refused to place "${name}"; is that model in the world?`);
  }

  /** A round trip to the server: what was sent before it has arrived when it resolves. */
  async roundTrip(): Promise<void> {
    await this.node.request("/gazebo/worlds", "Empty", {}, "StringMsg_V", REQUEST_MS_MAX, MAY_REPEAT);
  }

  /** Somebody else who can command this arm, told once for each: `robot.aborted`; null while there is nobody new. */
  intruder(): AgentError | null {
    const { partition, topics } = this.options;
    const topic = this.node.topics().find((it) => it.partition === partition && it.name === topics.trajectory);
    const other = topic?.address ?? null;
    const isNew = other !== null && other !== this.#otherCommander;
    this.#otherCommander = other;
    if (!isNew) return null;
    return new AgentError(
      "robot.aborted",
      `Gazebo: somebody else at ${other} commands the arm on "${topics.trajectory}"; stop that, then reset and start`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node.close();
  }

  #guarded(take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#events.onError(error);
    }
  }
}

export const durationOf = (ns: bigint) => ({ sec: ns / 1_000_000_000n, nsec: Number(ns % 1_000_000_000n) });
