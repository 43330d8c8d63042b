/** The embedded simulator as an arm's driver that moves only when stepped: physics, encoders and cameras on one thread. */
import * as z from "zod";
import type { Placed, SteppableDriver } from "../runtime/act/driver.ts";
import { placeIn } from "../runtime/core/bounds.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { gripperField, gripperObjection } from "../runtime/core/gripper.ts";
import type { GripperCommand, JointCommand } from "../runtime/core/motion.ts";
import { objections } from "../runtime/core/objections.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { SceneSpec } from "../runtime/core/scene.ts";
import type { CameraSpec, Frame, Sample } from "../runtime/core/sensing.ts";
import { parseTrial, poseOf, type TrialStart, type WorldState } from "../runtime/core/trial.ts";
import { createRenderer, type Renderer } from "./camera/renderer.ts";
import { World } from "./world.ts";

export interface SimOptions {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  readonly supersample: number;
}

const putSchema = z.strictObject({ thing: z.string(), positionM: placeIn, yawRad: z.number() });

export class SimDriver implements SteppableDriver {
  readonly placements: readonly string[] = ["reset"];
  readonly #world: World;
  readonly #renderer: Renderer;
  readonly #options: SimOptions;

  static async create(options: SimOptions): Promise<SimDriver> {
    return new SimDriver(options, await World.create(options.robot, options.scene));
  }

  private constructor(options: SimOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.#renderer = createRenderer(world.model, { supersample: options.supersample });
    this.#world.reset({ armRad: options.robot.homeRad });
  }

  step(command: JointCommand, dtS: number): void {
    this.#world.step(command, dtS);
  }

  samplesNow(stampNs: bigint): readonly Sample[] {
    const frames = this.framesNow(stampNs).map((frame) => ({ kind: "frame" as const, frame }));
    return [this.jointsNow(stampNs), ...frames];
  }

  jointsNow(stampNs: bigint): Sample {
    return { kind: "joints", joints: { ...this.#world.joints(), stampNs, receivedNs: stampNs } };
  }

  framesNow(stampNs: bigint): Frame[] {
    return this.#options.cameras.map((camera) => ({
      camera: camera.name,
      widthPx: camera.widthPx,
      heightPx: camera.heightPx,
      rgb: this.#renderer.render(this.#world.data, camera),
      stampNs,
      receivedNs: stampNs,
    }));
  }

  /** `reset` with a Trial: takes pictures of its goal, and puts arm and things at its start. */
  async place(name: string, payload: unknown): Promise<Placed> {
    if (name !== "reset") throw new AgentError("launch.invalid", `simulator: no placement "${name}"; it knows "reset"`);
    const { robot, scene } = this.#options;
    const { start, goal } = parseTrial(payload, robot.joints.length);
    for (const thing of Object.keys(scene.objects)) for (const { objects } of [start, goal]) poseOf(objects, thing);
    for (const { openingM } of [start, goal]) refuseOpening(openingM, robot);
    this.#world.reset(goal);
    const goalFrames = this.framesNow(0n);
    this.#world.reset(start);
    const answer: TrialStart = { goalFrames, truth: this.#truth() };
    return { restRad: start.armRad.slice(), ...gripperField(placedGripper(start.openingM, robot)), answer };
  }

  async answer(name: string, payload?: unknown): Promise<unknown> {
    if (name === "truth") return this.#truth();
    if (name === "put") return this.#put(payload);
    throw new AgentError("launch.invalid", `simulator: no question "${name}"; it knows "truth" and "put"`);
  }

  /** Somebody puts a thing elsewhere while the world goes on. Throws AgentError `launch.invalid`. */
  #put(payload: unknown): null {
    const read = putSchema.safeParse(payload);
    if (!read.success) throw new AgentError("launch.invalid", `simulator: put: ${objections(read.error)}`);
    const { thing, ...pose } = read.data;
    this.#world.put(thing, pose);
    return null;
  }

  #truth(): WorldState {
    const openingM = this.#world.openingM();
    return { toolM: this.#world.toolM(), objects: this.#world.objects(), ...(openingM === undefined ? {} : { openingM }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
  }
}

/** Throws AgentError `launch.invalid`. */
function refuseOpening(openingM: number | undefined, { name, gripper }: RobotSpec): void {
  const why = openingM === undefined ? null : gripperObjection({ openingM, speedMPerS: 0, forceN: 0 }, gripper);
  if (why) throw new AgentError("launch.invalid", `simulator: "${name}" cannot be put so; ${why}`);
}

/** Held where it was put. */
const placedGripper = (openingM: number | undefined, { gripper }: RobotSpec): GripperCommand | undefined =>
  openingM === undefined || !gripper ? undefined : { openingM, speedMPerS: 0, forceN: gripper.forceMaxN };
