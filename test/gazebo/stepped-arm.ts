/** An exported arm in a real server that moves only when stepped: for measuring, where every state has its simulated time. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type WorldReading, worldReading } from "../../runtime/bridge/gazebo/arm/readings.ts";
import type { GazeboInit, GazeboMessage } from "../../runtime/bridge/gazebo/message-types.ts";
import type { GazeboPublisher } from "../../runtime/bridge/gazebo/publications.ts";
import { nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import { invariant } from "../../runtime/core/errors.ts";
import type { JointCommand } from "../../runtime/core/motion.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import { atRest } from "../../runtime/core/segment.ts";
import type { Pose } from "../../runtime/core/trial.ts";
import { exportScene, GAZEBO_STEP_S, type SceneExport } from "../../sim/gazebo/export-scene.ts";
import { createFeedForward, type FeedForward } from "../../sim/gazebo/feed-forward.ts";
import { topicOf, WORLD } from "../../sim/gazebo/names.ts";
import { until } from "../helpers/until.ts";
import { clock, type RealServer, startWorld } from "./real-server.ts";

export interface ArmState {
  readonly timeS: number;
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
}

const WITHIN_MS = 60_000;
/** In so many steps the cube's pose is told once. */
const STEPS_TOLD = 25;
/** For joints and cube to be heard after such steps, and how often they are made. */
const HEARD_MS = 250;
const UNHEARD_MAX = 100;
const HOMING_S = 4;
const HOMING_PERIOD_S = 0.02;

export class SteppedArm implements AsyncDisposable {
  readonly real: RealServer;
  readonly spec: RobotSpec;
  readonly controller: SceneExport["controller"];
  /** Every state since the last call of `take`. */
  #states: ArmState[] = [];
  #cube: { readonly timeS: number; readonly pose: Pose } | null = null;
  #world: WorldReading | null = null;
  #steps = 0;
  #progress = 1;
  readonly feedForward: FeedForward;
  readonly #trajectory: GazeboPublisher<"JointTrajectory">;
  readonly #positions: readonly GazeboPublisher<"Double">[];
  readonly #heard: (() => void)[] = [];

  static async open(scene: SceneExport): Promise<SteppedArm> {
    const folder = mkdtempSync(join(tmpdir(), "foresight-gazebo-"));
    try {
      for (const [name, text] of await exportScene(scene)) writeFileSync(join(folder, name), text);
      const real = await startWorld({ path: join(folder, "world.sdf"), name: WORLD }, { paused: true });
      const arm = new SteppedArm(real, scene, await createFeedForward(scene.robot));
      await arm.#ready();
      return arm;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  private constructor(real: RealServer, { robot, controller }: SceneExport, feedForward: FeedForward) {
    this.real = real;
    this.spec = robot;
    this.controller = controller;
    this.feedForward = feedForward;
    const { node } = real;
    node.subscribe(topicOf.jointState(robot.name), "Model", (model) => this.#hear(model));
    node.subscribe(topicOf.pose("cube"), "Pose", (pose) => this.#hearCube(pose));
    node.subscribe(`/world/${WORLD}/stats`, "WorldStatistics", (statistics) => {
      this.#world = worldReading(statistics);
    });
    node.subscribe(`${topicOf.trajectory(robot.name)}_progress`, "Float", ({ data }) => {
      this.#progress = data;
    });
    this.#trajectory = node.publish(topicOf.trajectory(robot.name), "JointTrajectory");
    this.#positions = robot.joints.map(({ name }) => node.publish(topicOf.position(robot.name, name), "Double"));
  }

  async #ready(): Promise<void> {
    const commands = this.controller === "trajectory" ? [this.#trajectory] : this.#positions;
    await Promise.all(commands.map((command) => command.whenSubscribed(WITHIN_MS)));
    const isHeard = (): boolean => this.#states.length > 0 && this.#cube !== null;
    for (let tries = 0; tries < UNHEARD_MAX && !isHeard(); tries++) {
      await this.#control({ pause: true, multiStep: STEPS_TOLD }); // Nothing tells whether the server has taken our own subscriptions, and no step is told twice.
      await until("joints and cube being heard", isHeard, HEARD_MS).catch(() => {});
    }
    invariant(isHeard(), `joints or cube were not heard in ${UNHEARD_MAX * STEPS_TOLD} steps`);
    await this.pause();
  }

  /** Simulated seconds. */
  get timeS(): number {
    return this.#steps * GAZEBO_STEP_S;
  }

  get state(): ArmState {
    return this.#states.at(-1)!;
  }

  get cube(): Pose {
    invariant(this.#cube, "the cube's pose was never heard");
    return this.#cube.pose;
  }

  /** States since it was last asked, the newest stays. */
  take(): readonly ArmState[] {
    const taken = this.#states;
    this.#states = taken.slice(-1);
    return taken;
  }

  /** Resolves when the joints of the last step were heard. */
  async step(count: number): Promise<void> {
    this.#steps += count;
    const done = this.reaches(this.timeS);
    await this.#control({ pause: true, multiStep: count });
    await done;
  }

  async placeCube({ positionM: [x, y, z], yawRad }: Pose): Promise<void> {
    const orientation = { w: Math.cos(yawRad / 2), z: Math.sin(yawRad / 2) };
    await this.real.node.request(
      `/world/${WORLD}/set_pose`,
      "Pose",
      { name: "cube", position: { x, y, z }, orientation },
      "Boolean",
      WITHIN_MS,
    );
    await this.step(STEPS_TOLD);
  }

  /** From wherever it is to rest at a posture, through joint space. */
  async moveTo(toRad: ArrayLike<number>, durationS = HOMING_S): Promise<void> {
    const fromRad = this.state.positionRad;
    await this.follow((tS) => quinticBetween(fromRad, toRad, Math.min(1, tS / durationS), durationS), durationS, {
      periodS: HOMING_PERIOD_S,
    });
    await this.follow(() => atRest(Float64Array.from(toRad)), 0.4, { periodS: 0.4 });
  }

  /** Lets the world go on by itself. */
  async run(): Promise<void> {
    await this.#control({ pause: false });
  }

  /** Resolves when it stands still. */
  async pause(): Promise<void> {
    await this.#control({ pause: true });
    const before = this.#world;
    await until("the world saying that it is paused", () => this.#world !== before && this.#world?.isPaused === true);
    this.#steps = Math.round(nsToSeconds(this.#world!.simNs) / GAZEBO_STEP_S);
    await this.reaches(this.timeS);
  }

  async #control(request: GazeboInit<"WorldControl">): Promise<void> {
    await this.real.node.request(`/world/${WORLD}/control`, "WorldControl", request, "Boolean", WITHIN_MS);
  }

  /** Commands go by another socket than requests: behind this they are there. */
  async #roundTrip(): Promise<void> {
    await this.real.node.request("/gazebo/worlds", "Empty", {}, "StringMsg_V", WITHIN_MS);
  }

  /** Commands a motion for `durationS` seconds: as one trajectory that reaches `tailS` further, or set-point by set-point every `periodS`. */
  async follow(commandAt: (tS: number) => JointCommand, durationS: number, { tailS = 0, periodS = 0.004 } = {}): Promise<void> {
    if (this.controller === "trajectory") {
      this.sendTrajectory(commandAt, durationS + tailS);
      await this.#roundTrip();
      await this.step(Math.round(durationS / GAZEBO_STEP_S));
      return;
    }
    for (let tS = 0; tS < durationS - periodS / 2; tS += periodS) {
      this.sendPositions(commandAt(tS));
      await this.#roundTrip();
      await this.step(Math.round(periodS / GAZEBO_STEP_S));
    }
  }

  sendTrajectory(commandAt: (tS: number) => JointCommand, durationS: number): void {
    const count = Math.round(durationS / GAZEBO_STEP_S);
    const points = Array.from({ length: count + 1 }, (_, index) => {
      const tS = index * GAZEBO_STEP_S;
      const command = commandAt(tS);
      const ns = secondsToNs(tS);
      return {
        positions: [...command.positionRad],
        effort: [...this.feedForward.torqueNm(command)],
        timeFromStart: { sec: ns / 1_000_000_000n, nsec: Number(ns % 1_000_000_000n) },
      };
    });
    this.#trajectory.send({ jointNames: this.spec.joints.map(({ name }) => name), points });
  }

  sendPositions(command: JointCommand): void {
    for (const [joint, data] of this.feedForward.leadingRad(command).entries()) this.#positions[joint]!.send({ data });
  }

  get progress(): number {
    return this.#progress;
  }

  #hear(model: GazeboMessage<"Model">): void {
    const of = (read: (axis: { position: number; velocity: number }) => number): Float64Array =>
      Float64Array.from(this.spec.joints, ({ name }) => {
        const axis = model.joint.find((joint) => joint.name === name)?.axis1;
        return axis ? read(axis) : Number.NaN;
      });
    const { sec, nsec } = model.header!.stamp!;
    const timeS = nsToSeconds(sec * 1_000_000_000n + BigInt(nsec));
    this.#states.push({ timeS, positionRad: of(({ position }) => position), velocityRadPerS: of(({ velocity }) => velocity) });
    for (const check of [...this.#heard]) check();
  }

  #hearCube({ name, position, orientation, header }: GazeboMessage<"Pose">): void {
    if (name !== "cube" || !position || !orientation) return;
    const { sec, nsec } = header!.stamp!;
    const { w, z } = orientation;
    const pose: Pose = { positionM: [position.x, position.y, position.z], yawRad: 2 * Math.atan2(z, w) };
    this.#cube = { timeS: nsToSeconds(sec * 1_000_000_000n + BigInt(nsec)), pose };
  }

  /** Resolves when the joints at that simulated time, or later, were heard. */
  reaches(timeS: number): Promise<void> {
    const isThere = (): boolean => this.#states.length > 0 && this.state.timeS > timeS - GAZEBO_STEP_S / 2;
    if (isThere()) return Promise.resolve();
    const ended = new AbortController();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!isThere()) return;
        ended.abort();
        this.#heard.splice(this.#heard.indexOf(check), 1);
        resolve();
      };
      this.#heard.push(check);
      clock.sleep(WITHIN_MS, ended.signal).then(
        () => reject(new Error(`the world did not reach ${timeS} s within ${WITHIN_MS} ms`)),
        () => {},
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.feedForward[Symbol.dispose]();
    await this.real[Symbol.asyncDispose]();
  }
}

/** From rest to rest, `u` in [0, 1]. */
function quinticBetween(fromRad: ArrayLike<number>, toRad: ArrayLike<number>, u: number, durationS: number): JointCommand {
  const blend = (value: number) => Float64Array.from(fromRad, (from, i) => value * (toRad[i]! - from));
  return {
    positionRad: blend(u ** 3 * (10 - 15 * u + 6 * u * u)).map((step, i) => fromRad[i]! + step),
    velocityRadPerS: blend((30 * u * u * (1 - u) ** 2) / durationS),
    accelerationRadPerS2: blend((60 * u * (1 - u) * (1 - 2 * u)) / durationS ** 2),
  };
}
