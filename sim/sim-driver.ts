/** The embedded simulator as an arm's driver that moves only when stepped: physics, encoders and cameras on one thread. */
import { z } from "zod";
import type { Placed, SteppableDriver } from "../runtime/act/driver.ts";
import { AgentError } from "../runtime/core/errors.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import type { RobotSpec } from "../runtime/core/robot.ts";
import type { CameraSpec, Frame, Sample } from "../runtime/core/sensing.ts";
import type { GroundTruth } from "../runtime/core/truth.ts";
import { createKinematics, type Kinematics } from "../runtime/kinematics/kinematics.ts";
import { createRenderer, type Renderer } from "./camera/renderer.ts";
import { type DrawnEpisode, drawEpisode } from "./draw-episode.ts";
import type { SceneSpec } from "./scene.ts";
import { World } from "./world.ts";

export interface SimOptions {
  readonly robot: RobotSpec;
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  readonly supersample: number;
}

/** What a reset answers: pictures of the goal, and where everything is. */
export interface EpisodeStart {
  readonly goalFrames: readonly Frame[];
  /** The agent never sees this; reports and oracles do. */
  readonly truth: GroundTruth;
}

const resetPayload = z.strictObject({ task: z.enum(["push", "reach"]), seed: z.int().nonnegative() });

export class SimDriver implements SteppableDriver {
  readonly placements: readonly string[] = ["reset"];
  readonly #world: World;
  readonly #kinematics: Kinematics;
  readonly #renderer: Renderer;
  readonly #options: SimOptions;
  #episode: DrawnEpisode | null = null;

  static async create(options: SimOptions): Promise<SimDriver> {
    return new SimDriver(options, await World.create(options.robot, options.scene), await createKinematics(options.robot));
  }

  private constructor(options: SimOptions, world: World, kinematics: Kinematics) {
    this.#options = options;
    this.#world = world;
    this.#kinematics = kinematics;
    this.#renderer = createRenderer(world.model, { supersample: options.supersample });
    this.#world.reset({ armRad: options.robot.homeRad, cube: world.cube() });
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

  /** `reset` {task, seed}: draws an episode, takes pictures of its goal, and puts arm and cube at its start. */
  async place(name: string, payload: unknown): Promise<Placed> {
    if (name !== "reset") throw new AgentError("launch.invalid", `simulator: no placement "${name}"; it knows "reset"`);
    const { task, seed } = resetPayload.parse(payload);
    const { robot: spec, scene } = this.#options;
    const episode = drawEpisode(task, seed, { spec, scene, kinematics: this.#kinematics });
    const { start, goal } = episode;
    this.#world.reset({ armRad: goal.armRad, cube: goal.object });
    const goalFrames = this.framesNow(0n);
    this.#world.reset({ armRad: start.armRad, cube: start.object });
    this.#episode = episode;
    const answer: EpisodeStart = { goalFrames, truth: this.#truth() };
    return { restRad: start.armRad.slice(), answer };
  }

  async answer(name: string): Promise<unknown> {
    if (name === "truth") return this.#truth();
    throw new AgentError("launch.invalid", `simulator: no question "${name}"; it knows "truth"`);
  }

  #truth(): GroundTruth {
    const episode = this.#episode;
    const toolM = this.#world.toolM();
    const objectM = this.#world.cube().positionM;
    return { toolM, objectM, goalObjectM: episode?.goal.object.positionM ?? objectM, goalToolM: episode?.goalToolM ?? toolM };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
    this.#kinematics[Symbol.dispose]();
  }
}
