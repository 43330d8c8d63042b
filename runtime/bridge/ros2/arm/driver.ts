/** Any arm behind ROS 2 as a Driver: its topics become samples, segments become goals, trajectories or a stream of positions. */
import { type Observable, Subject, takeUntil } from "rxjs";
import type { Driver, Placed, Takes } from "../../../act/driver.ts";
import { createTrackingWatch, furthest } from "../../../act/tracking-watch.ts";
import { type Clock, NS_PER_MS, secondsToNs } from "../../../core/clock.ts";
import { AgentError, invariant } from "../../../core/errors.ts";
import type { JointCommand, Segment } from "../../../core/motion.ts";
import type { JointSpec, RobotSpec } from "../../../core/robot.ts";
import { segmentDurationS } from "../../../core/segment.ts";
import type { CameraSpec, Sample } from "../../../core/sensing.ts";
import type { RosBackendConfig, RosEvaluationConfig } from "../config.ts";
import type { CommandSink } from "../follow-client.ts";
import { createGripperChannel, type GripperChannel } from "../gripper-channel.ts";
import { type Gripper, openGripper } from "../gripper-client.ts";
import { openRosNode, type RosNode } from "../node.ts";
import { openRosClock, type RosClock } from "../ros-clock.ts";
import { openSafety, type SafetyWatch } from "../safety.ts";
import { openSensors, type Sensors } from "../sensors.ts";
import { createSilentSink } from "../topic-sinks.ts";
import { createWorldClient, type WorldClient } from "../world-client.ts";
import { createLookups } from "./lookups.ts";
import { fingerNames, rosNames } from "./names.ts";
import { openSink } from "./open-sink.ts";
import { createRosWorld, type RosRequests, type RosWorld } from "./world.ts";

export interface Ros2DriverOptions {
  readonly spec: RobotSpec;
  /** In the model's order; each is named in `backend.cameras`. */
  readonly cameras: readonly CameraSpec[];
  readonly backend: RosBackendConfig;
  readonly clock: Clock;
  /** Of a simulated arm: what it is asked beside motions. */
  readonly requests?: RosRequests | null;
  /** Sentences for people: QoS that does not fit, pictures that cannot be read, cameras that differ. */
  readonly warn: (text: string) => void;
}

/** Measured at rest further than this from the command counts as elsewhere: an arm sags, but not so far. */
const ELSEWHERE_RAD = 0.02;
/** How long after its last motion an arm is still watched: then it may be moved by hand until it is used again. */
const WATCHED_AFTER_NS = 2000n * NS_PER_MS;
const LOOK_MS = 20;

export class Ros2Driver implements Driver {
  readonly takes: Takes;
  readonly placements: readonly string[];
  readonly faults: Observable<AgentError>;
  readonly #faults = new Subject<AgentError>();
  readonly #options: Ros2DriverOptions;
  readonly #ros: RosNode;
  readonly #clock: RosClock;
  readonly #sensors: Sensors;
  readonly #sink: CommandSink;
  readonly #gripper: Gripper | null;
  readonly #fingers: GripperChannel | null;
  readonly #safety: SafetyWatch;
  readonly #worldClient: WorldClient | null;
  readonly #world: RosWorld | null;
  readonly #tracking: ReturnType<typeof createTrackingWatch>;
  readonly #lookups: ReturnType<typeof createLookups>;
  readonly #warnings: string[] = [];
  readonly #types: readonly JointSpec["type"][];
  #commandedRad: Float64Array | null = null;
  #watchedUntilNs = 0n;
  #isConnected = false;

  /** Resolves when joints, cameras, clock and controller are all there; throws `bridge.timeout` naming what is not. */
  static async create(options: Ros2DriverOptions): Promise<Ros2Driver> {
    const warnings: string[] = [];
    const warn = (text: string): void => {
      if (warnings.push(text) > WARNINGS_MAX) warnings.shift();
      options.warn(text);
    };
    const ros = await openRosNode({ config: options.backend.node, suffix: "_arm", warn });
    const driver = new Ros2Driver({ ...options, warn }, ros, warnings);
    try {
      await driver.#connect();
      return driver;
    } catch (error) {
      await driver[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: Ros2DriverOptions, ros: RosNode, warnings: string[]) {
    const { spec, cameras, backend, clock, warn } = options;
    const onFault = (error: AgentError): void => {
      if (this.#isConnected) this.#faults.next(error);
    };
    const names = rosNames(spec, backend);
    this.#options = options;
    this.takes = backend.command.kind === "stream" ? "set-points" : "motions";
    this.#ros = ros;
    this.#warnings = warnings;
    this.faults = this.#faults.asObservable();
    this.#clock = openRosClock({ ros, clock, useSimTime: backend.node.useSimTime, silentMsMax: backend.maxClockSilenceMs, onFault });
    const fingers = spec.gripper && { spec: spec.gripper, names: fingerNames(spec.gripper, backend) };
    this.#sensors = openSensors({ ros, rosClock: this.#clock, clock, backend, cameras, names, fingers, onFault, warn });
    const isShadow = backend.bringUp === "shadow";
    // SAFETY: in shadow there is nothing in this process that could command the arm.
    this.#sink = isShadow
      ? createSilentSink()
      : openSink(ros, { clock, config: backend.command, names, toOther: this.#clock.toOther, onFault });
    this.#gripper = isShadow ? null : backend.gripper && openGripper(ros, clock, backend.gripper);
    this.#fingers = this.#gripper && spec.gripper ? createGripperChannel(this.#gripper, spec.gripper, onFault) : null;
    this.#safety = openSafety(ros, backend.safety, () => clock.nowNs(), onFault);
    const { evaluation } = backend;
    this.placements = options.requests?.placements ?? [];
    this.#worldClient = evaluation && openWorldClient(ros, evaluation, names);
    this.#world =
      evaluation &&
      this.#worldClient &&
      createRosWorld({ client: this.#worldClient, sensors: this.#sensors, clock, timeoutMs: evaluation.timeoutMs });
    this.#lookups = createLookups(ros, clock, () => this.#status());
    const { maxTrackingRad: radMax, maxTrackingMs: msMax } = backend.command;
    this.#types = spec.joints.map(({ type }) => type);
    this.#tracking = createTrackingWatch({ names: spec.joints.map(({ name }) => name), types: this.#types, radMax, msMax });
  }

  samples(signal: AbortSignal): Observable<Sample> {
    const aborted = new Subject<void>();
    signal.addEventListener("abort", () => aborted.next(), { once: true });
    return this.#sensors.samples.pipe(takeUntil(aborted));
  }

  follow(segment: Segment, nowNs: bigint): void {
    this.#watchedUntilNs = segment.startNs + secondsToNs(segmentDurationS(segment)) + WATCHED_AFTER_NS;
    const isHold = segment.knots.every(({ velocityRadPerS }) => velocityRadPerS.every((value) => value === 0)) && !moves(segment);
    try {
      if (isHold) {
        this.#sink.cancel();
        return;
      }
      this.#checkAllowed(segment);
      this.#checkStart(segment);
      this.#sink.follow(segment, nowNs);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#sink.cancel();
      this.#faults.next(error);
    }
  }

  command(command: JointCommand): void {
    this.#commandedRad = command.positionRad;
    this.#sink.command(command);
    if (this.#safety.forbids === null) this.#fingers?.command(command.gripper);
  }

  tick(nowNs: bigint): void {
    this.#sink.tick(nowNs);
    this.#clock.tick(nowNs);
    this.#safety.tick(nowNs);
    const { joints } = this.#sensors;
    if (!joints || !this.#commandedRad || nowNs > this.#watchedUntilNs) return;
    const fault = this.#tracking.check(this.#commandedRad, joints.positionRad, nowNs);
    if (fault) this.#faults.next(fault);
  }

  isElsewhere(restRad: Float64Array): boolean {
    this.#tracking.forget();
    return this.#commandedRad !== null && furthest(this.#commandedRad, restRad, this.#types).offRad > ELSEWHERE_RAD;
  }

  stop(): void {
    this.#sink.cancel();
    this.#fingers?.hold();
  }

  async answer(name: string, payload: unknown): Promise<unknown> {
    if (name === "gripper") {
      if (!this.#gripper) throw new AgentError("robot.rejected", 'ask "gripper": the launch file names no gripper; add backend.gripper');
      return await this.#gripper.move(Number(payload));
    }
    if (name === "picture") {
      const picture = this.#sensors.picture(String(payload));
      if (!picture)
        throw new AgentError(
          "sense.stale",
          `ask "picture": camera "${payload}" has sent none; look whether it runs and its topic is right`,
        );
      return picture;
    }
    if (name === "truth" && this.#world && this.#options.requests) return this.#options.requests.answer(this.#world, name, payload);
    if (name === "camera-infos") return this.#sensors.infos();
    return this.#lookups.answer(name, payload);
  }

  async place(name: string, payload: unknown): Promise<Placed> {
    const { requests } = this.#options;
    invariant(this.#world && requests, "a driver with placements has a world");
    this.#watchedUntilNs = 0n; // It is put elsewhere on purpose, and what still runs on the other side ends by that.
    this.#sink.cancel();
    this.#tracking.forget();
    return await requests.place(this.#world, name, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isConnected = false;
    await this.#ros[Symbol.asyncDispose]();
    this.#faults.complete();
  }

  /** Waits until everything is there; then the gripper takes its first position. */
  async #connect(): Promise<void> {
    const { clock, backend } = this.#options;
    const deadlineNs = clock.nowNs() + BigInt(Math.round(backend.connectTimeoutMs)) * NS_PER_MS;
    for (;;) {
      const nowNs = clock.nowNs();
      this.#sink.tick(nowNs);
      this.#clock.tick(nowNs);
      const missing = this.#missing();
      if (missing.length === 0) break;
      if (nowNs > deadlineNs)
        throw new AgentError(
          "bridge.timeout",
          `ROS 2: not there after ${backend.connectTimeoutMs} ms: ${missing.join(", ")}; look whether they run, in this domain and under these names`,
        );
      await clock.sleep(LOOK_MS);
    }
    this.#isConnected = true;
    const { atStart = null } = backend.gripper ?? {};
    if (atStart !== null) await this.#gripper?.move(atStart === "open" ? 1 : 0);
  }

  #missing(): readonly string[] {
    const { command, gripper } = this.#options.backend;
    const missing = [...this.#sensors.missing(), ...(this.#worldClient?.missing() ?? []), ...this.#safety.missing()];
    if (!this.#clock.isReady) missing.push('nothing on "/clock", which backend.node.useSimTime needs');
    if (!this.#sink.isConnected)
      missing.push(
        command.kind === "action"
          ? `no action "${command.name}" (control_msgs/FollowJointTrajectory)`
          : `nobody listens to "${command.name}"`,
      );
    if (this.#gripper && !this.#gripper.isConnected()) missing.push(`no action "${gripper?.name}" of the gripper`);
    return missing;
  }

  /** Released or not: as long as the vendor's safety says no, nothing is sent. */
  #checkAllowed({ id }: Segment): void {
    const { forbids } = this.#safety;
    if (forbids === null) return;
    throw new AgentError("robot.aborted", `segment ${id}: not sent, safety: ${forbids}; when the cause is gone, reset and start`);
  }

  /** A controller blends from where the arm is: a segment that begins elsewhere would be a leap. */
  #checkStart(segment: Segment): void {
    const { joints } = this.#sensors;
    const start = segment.knots[0];
    if (!joints || !start) return;
    const { spec, backend } = this.#options;
    const { joint, offRad } = furthest(start.positionRad, joints.positionRad, this.#types);
    if (offRad <= backend.command.maxTrackingRad) return;
    throw new AgentError(
      "robot.rejected",
      `segment ${segment.id}: joint "${spec.joints[joint]?.name}" is ${offRad.toFixed(3)} rad from where it starts, at most ${backend.command.maxTrackingRad} rad; resume to go on from where the arm is`,
    );
  }

  #status(): object {
    const { isConnected } = this.#sink;
    const { speedShare, forbids } = this.#safety;
    return { isConnected, clockRate: this.#clock.rate, warnings: this.#warnings.slice(), missing: this.#missing(), speedShare, forbids };
  }
}

const WARNINGS_MAX = 20;

const moves = ({ knots }: Segment): boolean => furthest(knots[0]!.positionRad, knots.at(-1)!.positionRad).offRad > 1e-9;

function openWorldClient(ros: RosNode, config: RosEvaluationConfig, names: readonly string[]): WorldClient {
  const setWorld = ros.node.createClient("foresight_msgs/srv/SetWorld", config.setWorld);
  const getWorld = ros.node.createClient("foresight_msgs/srv/GetWorld", config.getWorld);
  return createWorldClient({ setWorld, getWorld, config, names });
}
