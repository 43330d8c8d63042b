/** The embedded simulator as an arm's driver that moves only when stepped: physics, encoders and cameras on one thread. */
import { z } from "zod";
import type { Placed, SteppableDriver } from "../runtime/act/driver.ts";
import { AgentError } from "../runtime/core/errors.ts";
import { createRng } from "../runtime/core/rng.ts";
import type { CameraSpec, Frame, GroundTruth, JointCommand, RobotSpec, Sample, Vec3 } from "../runtime/core/types.ts";
import { createKinematics, type Kinematics } from "../runtime/kinematics/kinematics.ts";
import { createRenderer, type Renderer } from "./camera/renderer.ts";
import { type Episode, type Placement, sampleEpisode } from "./episode.ts";
import type { SceneSpec } from "./scene.ts";
import { World, type WorldState } from "./world.ts";

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
  #goal: Placement | null = null;

  static async create(options: SimOptions): Promise<SimDriver> {
    return new SimDriver(options, await World.create(options.robot, options.scene), await createKinematics(options.robot));
  }

  private constructor(options: SimOptions, world: World, kinematics: Kinematics) {
    this.#options = options;
    this.#world = world;
    this.#kinematics = kinematics;
    this.#renderer = createRenderer(world.model, { supersample: options.supersample });
    this.#world.reset({ armRad: options.robot.homeRad, cube: { positionM: [0.5, 0, options.scene.cubeEdgeM / 2], yawRad: 0 } });
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
    const episode = this.#drawReachable(task, seed);
    this.#world.reset(episode.goalState);
    const goalFrames = this.framesNow(0n);
    this.#world.reset(episode.startState);
    this.#goal = episode.goal;
    const answer: EpisodeStart = { goalFrames, truth: this.#truth() };
    return { restRad: Float64Array.from(episode.startState.armRad), answer };
  }

  async answer(name: string): Promise<unknown> {
    if (name === "truth") return this.#truth();
    throw new AgentError("launch.invalid", `simulator: no question "${name}"; it knows "truth"`);
  }

  #truth(): GroundTruth {
    const goal = this.#goal;
    const toolM = this.#world.toolM();
    const objectM = this.#world.cube().positionM;
    return { toolM, objectM, goalObjectM: goal?.cube.positionM ?? objectM, goalToolM: goal?.toolM ?? toolM };
  }

  /** An episode of the seed whose two tool poses the arm can take; a few draws at most. */
  #drawReachable(task: "push" | "reach", seed: number): Episode & { startState: WorldState; goalState: WorldState } {
    const rng = createRng(seed);
    for (let attempt = 0; attempt < 20; attempt++) {
      const episode = sampleEpisode(task, rng, this.#options.scene);
      const start = this.#inverse(episode.start.toolM);
      const goal = this.#inverse(episode.goal.toolM);
      if (start && goal)
        return {
          ...episode,
          startState: { armRad: start, cube: episode.start.cube },
          goalState: { armRad: goal, cube: episode.goal.cube },
        };
    }
    throw new AgentError("goal.unreachable", `simulator: seed ${seed} gave 20 ${task} episodes outside the arm's reach; take another seed`);
  }

  #inverse(positionM: Vec3): Float64Array | null {
    const result = this.#kinematics.inverse({ seedRad: this.#options.robot.homeRad, positionM, quaternion: "down" });
    return result.converged ? result.positionRad : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#world[Symbol.dispose]();
    this.#kinematics[Symbol.dispose]();
  }
}
