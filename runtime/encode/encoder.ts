/** Turns observations and goals into latents, exactly as the model package says: camera order, sizes, proprioception. */
import { AgentError } from "../core/errors.ts";
import { type ModelPackage, type ModelSpec, TOOL_SIGNALS } from "../core/model.ts";
import type { Encoder, Latent, Memory } from "../core/planning.ts";
import type { GripperSpec } from "../core/robot.ts";
import type { CameraSpec, Frame, Observation } from "../core/sensing.ts";
import { feel } from "../core/signals.ts";
import type { Vec3 } from "../core/vec3.ts";
import { floats, type Session, type SessionOptions, type TensorData } from "../graph/session.ts";

export interface EncoderOptions {
  readonly package: ModelPackage;
  /** openSession, or the `open` of a session worker. */
  readonly open: (bytes: Uint8Array, options?: SessionOptions) => Promise<Session>;
  /** Tool point in the base frame, metres, at a joint position: the proprioception of the model. */
  readonly toolAt: (positionRad: Float64Array) => Vec3;
  /** Of a robot that feels more than that. */
  readonly hand?: Hand | undefined;
}

/** Turn of the tool about the vertical, rad, at a joint position; the gripper where the robot has one. */
export interface Hand {
  readonly yawAt: (positionRad: Float64Array) => number;
  readonly gripper: GripperSpec | undefined;
}

/** An encoder that owns its session. `state` packages are fed true poses by the last two functions, all others pictures by the first two. */
export interface SessionEncoder extends Encoder, AsyncDisposable {
  /** Encodes a true state of shape (stateDim), as the package's `state` input wants it. */
  encodeState(state: Float32Array, signal?: AbortSignal): Promise<Latent>;
  /** The same for a goal: the part that holds proprioception is zero. */
  encodeGoalState(state: Float32Array, signal?: AbortSignal): Promise<Latent>;
}

/** Opens the encoder. Throws what `open` throws, and `model.mismatch` for a model that feels more than this robot. */
export async function createEncoder({ package: model, open, toolAt, hand }: EncoderOptions): Promise<SessionEncoder> {
  const { spec } = model;
  refuseUnfelt(spec, hand);
  const signals = spec.proprioception.map(({ name }) => name);
  const session = await open(model.networks.encoder, { name: `${spec.name} encoder` });
  const run = (feeds: Record<string, TensorData>, signal?: AbortSignal): Promise<Latent> => runEncoder(session, spec, feeds, signal);
  const refuseConstant = createConstantCheck(spec.name);
  return {
    async encode({ frames, joints }, signal, memory) {
      refuseState(spec);
      const toolM = toolAt(joints.positionRad);
      if (!toolM.every(Number.isFinite)) {
        const message = `${spec.name} encoder: tool position (${toolM.join(", ")}) m is not finite; check the joint readings`;
        throw new AgentError("sense.not-finite", message);
      }
      const yawRad = signals.length > TOOL_SIGNALS.length && hand ? hand.yawAt(joints.positionRad) : 0;
      const felt = feel(signals, { toolM, yawRad, gripper: joints.gripper }, hand?.gripper);
      const latent = await run({ ...pictureFeeds(spec, frames, felt, "sense.wrong-size"), ...memoryFeeds(model, memory) }, signal);
      refuseConstant(felt, latent);
      return latent;
    },
    async encodeGoal(frames, signal) {
      refuseState(spec);
      const means = spec.proprioception.map(({ mean }) => mean); // Any finite value would do: it is cut out below.
      return withoutProprioception(
        await run({ ...pictureFeeds(spec, frames, means, "goal.mismatch"), ...memoryFeeds(model) }, signal),
        spec,
      );
    },
    encodeState: async (state, signal) => run({ ...stateFeeds(model, state, "sense.wrong-size"), ...memoryFeeds(model) }, signal),
    encodeGoalState: async (state, signal) =>
      withoutProprioception(await run({ ...stateFeeds(model, state, "goal.mismatch"), ...memoryFeeds(model) }, signal), spec),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Frames of an observation or goal, found by camera name, as one uint8 tensor (1, cameras, heightPx, widthPx, 3). */
function pictureFeeds(
  spec: ModelSpec,
  frames: Observation["frames"],
  felt: readonly number[],
  code: FrameFault,
): Record<string, TensorData> {
  const { heightPx, widthPx } = spec.cameras[0] as CameraSpec;
  const bytesPerFrame = heightPx * widthPx * 3;
  const data = new Uint8Array(spec.cameras.length * bytesPerFrame);
  for (const [i, camera] of spec.cameras.entries()) data.set(findFrame(spec, frames, camera, code).rgb, i * bytesPerFrame);
  return {
    frames: { dtype: "uint8", shape: [1, spec.cameras.length, heightPx, widthPx, 3], data },
    proprio: floats(Float32Array.from(felt), [1, felt.length]),
  };
}

/** Nothing for an encoder that does not remember; a goal is never remembered. */
function memoryFeeds({ spec, remembers }: ModelPackage, memory: Memory | null = null): Record<string, TensorData> {
  if (!remembers) return {};
  const { latentDim, axes } = spec;
  return {
    before: floats(memory?.before ?? new Float32Array(latentDim), [1, latentDim]),
    moved: floats(memory?.moved ?? new Float32Array(axes.length), [1, axes.length]),
    first: floats(Float32Array.of(memory ? 0 : 1), [1, 1]),
  };
}

type FrameFault = "sense.wrong-size" | "goal.mismatch";

function findFrame(spec: ModelSpec, frames: readonly Frame[], camera: CameraSpec, code: FrameFault): Frame {
  const what = code === "goal.mismatch" ? "goal picture" : "picture";
  const frame = frames.find((each) => each.camera === camera.name);
  if (!frame) {
    const given = frames.map((each) => `"${each.camera}"`).join(", ") || "none";
    const message = `${spec.name} encoder: no ${what} of camera "${camera.name}", there is ${given}; give one of each camera of the model`;
    throw new AgentError(code, message);
  }
  const bytes = camera.widthPx * camera.heightPx * 3;
  if (frame.widthPx === camera.widthPx && frame.heightPx === camera.heightPx && frame.rgb.length === bytes) return frame;
  const is = `${frame.widthPx}x${frame.heightPx} px in ${frame.rgb.length} bytes`;
  const wanted = `${camera.widthPx}x${camera.heightPx} px in ${bytes} bytes`;
  throw new AgentError(
    code,
    `${spec.name} encoder: ${what} of camera "${camera.name}" is ${is}, the model takes ${wanted}; resize the camera`,
  );
}

function stateFeeds({ spec, stateDim }: ModelPackage, state: Float32Array, code: FrameFault): Record<string, TensorData> {
  if (spec.observation !== "state") {
    const message = `${spec.name} encoder: given a state of ${state.length} numbers, the model takes pictures; use a state package`;
    throw new AgentError("model.mismatch", message);
  }
  if (state.length !== stateDim) {
    const message = `${spec.name} encoder: the state has ${state.length} numbers, the model takes ${stateDim}; give as many`;
    throw new AgentError(code, message);
  }
  return { state: floats(state, [1, stateDim]) };
}

/** The tool point is what every arm's joints tell; its yaw, and what the fingers feel, only where somebody knows it. */
function refuseUnfelt({ name, proprioception }: ModelSpec, hand: Hand | undefined): void {
  const told: readonly string[] = [
    ...TOOL_SIGNALS,
    ...(hand ? ["tool.yaw"] : []),
    ...(hand?.gripper ? ["gripper.opening", "contact.effort"] : []),
  ];
  const unfelt = proprioception.find((signal) => !told.includes(signal.name));
  if (!unfelt) return;
  const message = `${name} encoder: signal "${unfelt.name}" is felt by no sensor of this robot, which tells ${told.join(", ")}; choose a model without it`;
  throw new AgentError("model.mismatch", message);
}

function refuseState(spec: ModelSpec): void {
  if (spec.observation === "cameras") return;
  const message = `${spec.name} encoder: given pictures, the model takes true states that only a simulator knows; use a camera package`;
  throw new AgentError("model.mismatch", message);
}

async function runEncoder(session: Session, spec: ModelSpec, feeds: Record<string, TensorData>, signal?: AbortSignal): Promise<Latent> {
  const latent = (await session.run(feeds, signal))["latent"]?.data as Float32Array;
  if (latent.length !== spec.latentDim) {
    const message = `${spec.name} encoder: the latent comes out with ${latent.length} numbers, the card says ${spec.latentDim}; export it again`;
    throw new AgentError("model.mismatch", message);
  }
  const at = latent.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return latent;
  const message = `${spec.name} encoder: latent entry ${at} of ${latent.length} is ${latent[at]}, must be finite; check the input, then the weights`;
  throw new AgentError("model.not-finite", message);
}

/** What is felt is part of every latent: where it changed and no bit of the latent did, the network answers without looking. */
function createConstantCheck(name: string): (felt: readonly number[], latent: Latent) => void {
  let last: { readonly felt: readonly number[]; readonly latent: Latent } | null = null;
  return (felt, latent) => {
    const before = last;
    last = { felt, latent: latent.slice() };
    if (!before?.felt.some((value, at) => Math.abs(value - felt[at]!) > FELT_CHANGE)) return;
    if (!before.latent.every((value, at) => value === latent[at])) return;
    const message = `${name} encoder: answered the same ${latent.length} numbers twice although the arm had moved; start the agent again, then check the weights`;
    throw new AgentError("model.constant", message);
  };
}

/** Metres and radians: far beyond what single precision loses, far below what an arm moves in a decision. */
const FELT_CHANGE = 1e-4;

function withoutProprioception(latent: Latent, spec: ModelSpec): Latent {
  return latent.fill(0, spec.latentDim - spec.proprioception.length);
}
