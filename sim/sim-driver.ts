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
import { type Pose, parseTrial, poseOf, type TrialStart, type WorldState } from "../runtime/core/trial.ts";
import { createRenderer, type Renderer } from "./camera/renderer.ts";
import { type Shown, type Vary, varied } from "./vary/vary.ts";
import { World } from "./world.ts";

export interface SimOptions {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  readonly supersample: number;
  /** Each trial's world is drawn; absent: all are as the scene says. */
  readonly vary?: Vary | undefined;
}

/** A world, and what is seen of it. */
interface Setting {
  readonly world: World;
  readonly renderer: Renderer;
  readonly cameras: readonly CameraSpec[];
}

const putSchema = z.strictObject({ thing: z.string(), positionM: placeIn, yawRad: z.number() });

export class SimDriver implements SteppableDriver {
  readonly placements: readonly string[] = ["reset"];
  readonly #options: SimOptions;
  #setting: Setting;

  static async create(options: SimOptions): Promise<SimDriver> {
    const setting = await opened(options, { ...options, robotShade: 1 });
    setting.world.reset({ armRad: options.robot.homeRad });
    return new SimDriver(options, setting);
  }

  private constructor(options: SimOptions, setting: Setting) {
    this.#options = options;
    this.#setting = setting;
  }

  step(command: JointCommand, dtS: number): void {
    this.#setting.world.step(command, dtS);
  }

  samplesNow(stampNs: bigint): readonly Sample[] {
    const frames = this.framesNow(stampNs).map((frame) => ({ kind: "frame" as const, frame }));
    return [this.jointsNow(stampNs), ...frames];
  }

  jointsNow(stampNs: bigint): Sample {
    return { kind: "joints", joints: { ...this.#setting.world.joints(), stampNs, receivedNs: stampNs } };
  }

  framesNow(stampNs: bigint): Frame[] {
    const { world, renderer, cameras } = this.#setting;
    return cameras.map((camera) => ({
      camera: camera.name,
      widthPx: camera.widthPx,
      heightPx: camera.heightPx,
      rgb: renderer.render(world.data, camera),
      stampNs,
      receivedNs: stampNs,
    }));
  }

  /** `reset` with a Trial: takes pictures of its goal, and puts arm and things at its start. */
  async place(name: string, payload: unknown): Promise<Placed> {
    if (name !== "reset") throw new AgentError("launch.invalid", `simulator: no placement "${name}"; ask for "reset"`);
    const { robot, scene, vary } = this.#options;
    const { start, goal, seed } = parseTrial(payload, robot.joints.length);
    for (const thing of Object.keys(scene.objects)) for (const { objects } of [start, goal]) poseOf(objects, thing);
    for (const { openingM } of [start, goal]) refuseOpening(openingM, robot);
    if (vary && seed !== undefined) await this.#enter(varied(this.#options, vary, seed));
    const { world } = this.#setting;
    world.reset(goal);
    const goalFrames = this.framesNow(0n);
    world.reset(start);
    const answer: TrialStart = { goalFrames, truth: this.truth() };
    return { restRad: start.armRad.slice(), ...gripperField(placedGripper(start.openingM, robot)), answer };
  }

  async #enter(shown: Shown): Promise<void> {
    const { world } = this.#setting;
    this.#setting = await opened(this.#options, shown);
    world[Symbol.dispose]();
  }

  async answer(name: string, payload?: unknown): Promise<unknown> {
    if (name === "truth") return this.truth();
    if (name === "put") return this.#answerPut(payload);
    throw new AgentError("launch.invalid", `simulator: no question "${name}"; ask "truth" or "put"`);
  }

  /** Somebody puts a thing elsewhere while the world goes on. Throws AgentError `launch.invalid`. */
  #answerPut(payload: unknown): null {
    const read = putSchema.safeParse(payload);
    if (!read.success)
      throw new AgentError("launch.invalid", `simulator: put: ${objections(read.error)}; give thing, positionM and yawRad`);
    const { thing, ...pose } = read.data;
    this.put(thing, pose);
    return null;
  }

  /** As World.put, and as World.haunt for what touches nothing from now on. */
  put(thing: string, pose: Pose): void {
    this.#setting.world.put(thing, pose);
  }

  haunt(thing: string, pose: Pose): void {
    this.#setting.world.haunt(thing, pose);
  }

  truth(): WorldState {
    const { world } = this.#setting;
    const openingM = world.openingM();
    return { toolM: world.toolM(), objects: world.objects(), ...(openingM === undefined ? {} : { openingM }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#setting.world[Symbol.dispose]();
  }
}

async function opened({ robot, supersample }: SimOptions, { scene, cameras, robotShade }: Shown): Promise<Setting> {
  const world = await World.create(robot, scene, robotShade);
  return { world, renderer: createRenderer(world.model, { supersample }), cameras };
}

/** Throws AgentError `launch.invalid`. */
function refuseOpening(openingM: number | undefined, { name, gripper }: RobotSpec): void {
  const why = openingM === undefined ? null : gripperObjection({ openingM, speedMPerS: 0, forceN: 0 }, gripper);
  if (why) throw new AgentError("launch.invalid", `simulator: "${name}" cannot be put so; ${why}`);
}

/** Held where it was put. */
const placedGripper = (openingM: number | undefined, { gripper }: RobotSpec): GripperCommand | undefined =>
  openingM === undefined || !gripper ? undefined : { openingM, speedMPerS: 0, forceN: gripper.forceMaxN };
