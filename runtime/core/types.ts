/** The words every stage shares: data that flows through the loop and the interfaces of its parts. SI units, stamps in bigint nanoseconds. */
import type { Observable } from "rxjs";
import type { AgentError } from "./errors.ts";

export type Vec3 = readonly [number, number, number];
/** A latent state, shape (latentDim), unit-free. */
export type Latent = Float32Array;

/** One camera picture: RGB, row-major, 3 bytes a pixel, shape (heightPx, widthPx, 3). */
export interface Frame {
  readonly camera: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Uint8Array;
  /** When the source says the picture was taken. */
  readonly stampNs: bigint;
  /** When we received it, on our monotonic clock. */
  readonly receivedNs: bigint;
}

/** One reading of all joint encoders, in the order of the robot's spec. */
export interface JointState {
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
}

/** What a sensor delivered, before alignment. */
export type Sample = { readonly kind: "frame"; readonly frame: Frame } | { readonly kind: "joints"; readonly joints: JointState };

/** Aligned sensor data: the joints nearest in source time to the pictures, one picture per camera in the model's order. */
export interface Observation {
  readonly stampNs: bigint;
  /** Receipt of the oldest part: ages are judged by it. */
  readonly receivedNs: bigint;
  readonly frames: readonly Frame[];
  readonly joints: JointState;
}

/** A joint set-point with its derivatives, each of shape (jointCount). */
export interface JointCommand {
  readonly positionRad: Float64Array;
  readonly velocityRadPerS: Float64Array;
  readonly accelerationRadPerS2: Float64Array;
}

/** A joint set-point at a time after the segment's start. */
export interface Knot extends JointCommand {
  readonly tS: number;
}

/** A short joint trajectory, quintic between knots (position, velocity, acceleration match); the last knot is at rest. */
export interface Segment {
  readonly id: number;
  /** On the robot's clock. */
  readonly startNs: bigint;
  /** At least two, tS strictly increasing from 0 to at most 0.4. */
  readonly knots: readonly Knot[];
}

/** What became of an accepted segment. */
export interface SegmentEvent {
  readonly segmentId: number;
  readonly kind: "started" | "replaced" | "completed" | "aborted";
  readonly atNs: bigint;
  readonly reason?: string;
}

export interface JointSpec {
  readonly name: string;
  readonly positionMinRad: number;
  readonly positionMaxRad: number;
  readonly velocityMaxRadPerS: number;
  readonly accelerationMaxRadPerS2: number;
  readonly jerkMaxRadPerS3: number;
  readonly torqueMaxNm: number;
}

export interface RobotSpec {
  readonly name: string;
  /** Where the limits come from: data sheet, file, page. */
  readonly source: string;
  readonly joints: readonly JointSpec[];
  /** Rest posture, shape (jointCount). */
  readonly homeRad: readonly number[];
  /** MJCF of the robot alone, absolute path. */
  readonly modelPath: string;
  /** Site in that model which is the tool point; its z axis points out of the tool. */
  readonly toolSite: string;
}

/** A camera at a fixed place in the world (the robot's base frame). */
export interface CameraSpec {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Vertical field of view. */
  readonly fovYRad: number;
  readonly positionM: Vec3;
  /** The point it looks at; the picture's up is world z. */
  readonly targetM: Vec3;
}

/** A robot as the agent sees it: senses out, segments in. The last accepted segment is always safe to be the last. */
export interface Robot extends AsyncDisposable {
  readonly spec: RobotSpec;
  /** Every sensor sample from now until `signal` aborts; errors are AgentErrors. */
  observe(signal: AbortSignal): Observable<Sample>;
  /** Resolves on acceptance with the segment actually accepted; throws AgentError `robot.rejected`. In lockstep it resolves after the world advanced one decision period. */
  act(segment: Segment): Promise<Segment>;
  readonly events: Observable<SegmentEvent>;
  /** Why the robot stopped by itself, where it can: it takes segments again after `resume`. */
  readonly faults?: Observable<AgentError>;
  /** The commanded state at a robot-clock instant, given what was accepted so far. */
  commandedAt(stampNs: bigint): JointCommand;
  /** Brings the arm to rest within 0.4 s and rejects segments until `resume`. */
  stop(reason: string): Promise<void>;
  resume(): Promise<void>;
}

/** What the supervisor needs to know of the world when it is a simulation; used for goals and reports, never for decisions. */
export interface GroundTruth {
  readonly toolM: Vec3;
  readonly objectM: Vec3;
  readonly goalObjectM: Vec3;
  readonly goalToolM: Vec3;
}

/** Where the task wants the world to be. */
export type Goal =
  | { readonly kind: "image"; readonly frames: readonly Frame[] }
  | { readonly kind: "tool"; readonly positionM: Vec3 }
  | { readonly kind: "object"; readonly positionM: Vec3 };

export interface Encoder {
  encode(observation: Observation): Promise<Latent>;
  /** Encodes goal pictures; the part of the latent that holds proprioception is zero. */
  encodeGoal(frames: readonly Frame[]): Promise<Latent>;
}

/** One imagined future: predicted latents of shape (samples, horizon, latentDim). */
export interface Rollout {
  readonly latents: Float32Array;
  /** Shape (samples, horizon), unit-free; zero when the model has no ensemble. */
  readonly uncertainty: Float32Array;
}

export interface WorldModel {
  readonly latentDim: number;
  readonly actionDim: number;
  /** Candidates of shape (samples, horizon, actionDim) in [-1, 1]. */
  rollout(latent: Latent, candidates: Float32Array, samples: number, horizon: number): Promise<Rollout>;
}

export interface Budget {
  readonly samples: number;
  readonly iterations: number;
  readonly horizon: number;
  readonly deadlineMs: number;
}

export interface PlanRequest {
  readonly latent: Latent;
  readonly goal: Latent;
  /** Goal position in metres for terms that use one (tool or object), else zeros. */
  readonly goalPositionM: Vec3;
  /** Previous plan shifted by one step, shape (horizon, actionDim), or null for none. */
  readonly warmStart: Float32Array | null;
}

export interface Plan {
  /** Shape (horizon, actionDim), each in [-1, 1]. */
  readonly actions: Float32Array;
  /** Predicted latents after each action, shape (horizon, latentDim). */
  readonly predicted: Float32Array;
  readonly horizon: number;
  readonly cost: number;
  /** Weighted cost of the plan by term name. */
  readonly costTerms: Readonly<Record<string, number>>;
  /** Largest constraint violation of the plan; feasible when <= 0. */
  readonly violation: number;
  readonly stats: { readonly modelCalls: number; readonly iterations: number; readonly samples: number; readonly eliteCostMean: number };
}

export interface Solver extends AsyncDisposable {
  readonly name: string;
  readonly budget: Budget;
  plan(request: PlanRequest, rng: import("./rng.ts").Rng): Promise<Plan>;
}

/** What a guard may look at beside the segment. All pure data and pure functions. */
export interface Situation {
  readonly nowNs: bigint;
  readonly observationReceivedNs: bigint;
  readonly observationStampNs: bigint;
  readonly planMadeNs: bigint;
  /** Commanded state at the segment's start. */
  readonly commanded: JointCommand;
  /** Where the running segment comes to rest, shape (jointCount). */
  readonly restRad: Float64Array;
  /** Time until the running segment is at rest. */
  readonly restInS: number;
  /** Tool point in the base frame at a joint position. */
  toolAt(positionRad: Float64Array): Vec3;
}

/** pass: as it is; clip: this one instead; stop: send nothing, the running segment brings the arm to rest. */
export type Verdict =
  | { readonly kind: "pass"; readonly segment: Segment }
  | { readonly kind: "clip"; readonly why: readonly string[]; readonly segment: Segment }
  | { readonly kind: "stop"; readonly why: readonly string[] };

export interface Guard {
  readonly name: string;
  check(segment: Segment, situation: Situation): Verdict;
}

/** A named cost with its weight; the catalogue in runtime/plan knows its graph and its plain evaluation. */
export interface TermSpec {
  readonly term: string;
  readonly weight: number;
  readonly unit: string;
}

export interface ConstraintSpec {
  readonly constraint: string;
  readonly params: Readonly<Record<string, number | readonly number[]>>;
}

/** How a skill knows that it has succeeded, from what the agent itself perceives. */
export interface SuccessSpec {
  readonly test: string;
  readonly threshold: number;
  readonly unit: string;
  /** Decisions in a row for which the test must hold. */
  readonly steps: number;
}

/** What to want: data, no I/O. */
export interface Skill {
  readonly name: string;
  readonly description: string;
  /** The axes it moves the tool along; null when any will do. */
  readonly axes: readonly ("x" | "y" | "z")[] | null;
  readonly goals: readonly Goal["kind"][];
  readonly terms: Readonly<Partial<Record<Goal["kind"], readonly TermSpec[]>>>;
  readonly constraints: readonly ConstraintSpec[];
  readonly success: Readonly<Partial<Record<Goal["kind"], SuccessSpec>>>;
  readonly limits: { readonly decisions: number; readonly timeoutS: number };
}

/** What the agent perceives of its distance to the goal; null where its model or goal gives no such number. */
export interface Measures {
  /** The critic's estimate, decisions to the goal. */
  readonly criticCost: number | null;
  /** Tool point to goal position, metres. */
  readonly toolToGoalM: number | null;
  /** Object (by the model's probe) to goal position over the table (x and y), metres. */
  readonly objectToGoalM: number | null;
}

/** Everything one decision saw, imagined, chose, was allowed and sent. */
export interface Tick {
  /** Deterministic in lockstep: same seed, same machine, same bytes. */
  readonly decision: {
    readonly index: number;
    readonly stampNs: bigint;
    readonly jointsRad: Float64Array;
    readonly toolM: Vec3;
    readonly latent: Latent;
    readonly plan: Plan | null;
    readonly action: Float32Array;
    readonly verdict: "pass" | "clip" | "stop";
    readonly why: readonly string[];
    readonly segment: Segment | null;
    /** What was really commanded over the decision period, in action units; shape (actionDim). */
    readonly executedAction: Float32Array;
    /** Imagined tool points, shape (horizon, 3), metres, base frame. */
    readonly imaginedToolM: Float32Array;
    readonly measures: Measures;
  };
  /** Measured, never compared. */
  readonly timing: {
    readonly encodeMs: number;
    readonly planMs: number;
    readonly guardMs: number;
    readonly decisionMs: number;
    readonly observationAgeMs: number;
  };
}
