/** Writes what was learned as a model package (contract version 2): its ONNX files and model.json. */
import { cardText } from "../core/card-hash.ts";
import { CONTRACT_VERSION, type ModelRole, type Signal, TOOL_SIGNALS } from "../core/model.ts";
import { OwnFolder } from "../core/own-folder.ts";
import type { CameraSpec } from "../core/sensing.ts";
import { sha256 } from "../core/sha256.ts";
import { SIGNAL_UNITS, type SignalName } from "../core/signals.ts";
import { Graph, type Value } from "../graph/builder.ts";
import { add, concat, cos, div, exp, log, max, min, mul, relu, sin, sub } from "../graph/ops.ts";
import { axesOfData, type DataAction } from "./data-axes.ts";
import { priorGraph, subgoalGraph } from "./flow.ts";
import { GAMMA, type Trained } from "./latent-trainings.ts";
import { type Building, columns } from "./layers.ts";
import { criticValues, encoderFeatures, type FrameSize, policy, predictor, probe } from "./nets.ts";
import { PACKAGE_FOLDER } from "./package-draft.ts";
import { frozen } from "./parameters.ts";
import type { Normal } from "./play-data.ts";
import { SQUARE_TURNS, type StateNormal } from "./state-twin.ts";
import { spread } from "./uncertainty-training.ts";

export interface LearnedModel {
  /** Null for a privileged twin, whose observation is the state itself. */
  readonly encoder: (Trained & { readonly frame: FrameSize; readonly embedding: Normal }) | null;
  readonly predictor: Trained;
  readonly critic: Trained;
  readonly policy: Trained;
  readonly uncertainty: Trained;
  /** Null where the planner is to work on one level. */
  readonly prior: Trained | null;
  readonly subgoal: Trained | null;
  /** Null where no data said where the object is. */
  readonly probe: (Trained & { readonly object: Normal }) | null;
  /** Of a state observation; null for cameras. */
  readonly state: StateNormal | null;
  /** What is felt, the place of the tool first. */
  readonly signals: readonly SignalName[];
  readonly proprio: Normal;
  readonly visualDim: number;
  /** `visualDim` and what is felt. */
  readonly latentDim: number;
  readonly actionDim: number;
}

/** model.json without contract and files; its action as data sets say it. */
export interface PackageHead {
  readonly name: string;
  readonly robot: string;
  readonly observation: "cameras" | "state";
  readonly cameras: readonly CameraSpec[];
  readonly action: DataAction;
  readonly toolHeightM: number | null;
  readonly controlPeriodS: number;
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation: Readonly<Record<string, unknown>>;
}

/** Writes the package to a folder that nobody uses yet, model.json last. Throws `train.checkpoint` when the disk refuses. */
export function writePackage(folder: string, model: LearnedModel, head: PackageHead): void {
  const own = new OwnFolder(folder, PACKAGE_FOLDER);
  const graphs: Partial<Record<ModelRole, Graph>> = {
    encoder: model.encoder ? cameraEncoder(model, model.encoder) : stateEncoder(model, model.state as StateNormal),
    predictor: predictorGraph(model),
    critic: criticGraph(model),
    policy: policyGraph(model),
    uncertainty: uncertaintyGraph(model),
    ...(model.prior ? { prior: priorGraph({ ...model, prior: model.prior }) } : {}),
    ...(model.subgoal ? { subgoal: subgoalGraph({ ...model, subgoal: model.subgoal }) } : {}),
    ...(model.probe || model.state ? { probe: probeGraph(model) } : {}),
  };
  const files = Object.fromEntries(
    Object.entries(graphs).map(([role, graph]) => {
      const bytes = graph.toBytes();
      own.replace(`${role}.onnx`, bytes);
      return [role, { file: `${role}.onnx`, sha256: sha256(bytes) }];
    }),
  );
  const { mean, std } = model.proprio;
  const proprioception = model.signals.map((name, i): Signal => ({ name, unit: SIGNAL_UNITS[name], mean: mean[i]!, std: std[i]! }));
  const { action, ...rest } = head;
  const axes = axesOfData(action);
  const spec = { contract: CONTRACT_VERSION, ...rest, axes, proprioception, latentDim: model.latentDim, files };
  own.replace("model.json", cardText(spec, roundNumbers));
}

/** Six significant digits: enough for every figure here. */
const roundNumbers = (_: string, value: unknown): unknown => (typeof value === "number" ? Number(value.toPrecision(6)) : value);

const row = (g: Graph, values: ArrayLike<number>): Value => g.constant(Float32Array.from(values), [1, values.length]);
const normalise = (g: Graph, x: Value, { mean, std }: Normal): Value => div(g, sub(g, x, row(g, mean)), row(g, std));
const restore = (g: Graph, x: Value, { mean, std }: Normal): Value => add(g, mul(g, x, row(g, std)), row(g, mean));
const ofTool = ({ mean, std }: Normal): Normal => ({
  mean: Array.from(mean).slice(0, TOOL_SIGNALS.length),
  std: Array.from(std).slice(0, TOOL_SIGNALS.length),
});
const at = (g: Graph, { table, flat }: Trained): Building => ({ g, weights: frozen(g, table, flat) });

function cameraEncoder({ visualDim, proprio, signals }: LearnedModel, encoder: NonNullable<LearnedModel["encoder"]>): Graph {
  const g = new Graph("encoder");
  const { cameras, heightPx, widthPx } = encoder.frame;
  const frames = g.input("frames", "uint8", [-1, cameras, heightPx, widthPx, 3]);
  const felt = g.input("proprio", "float32", [-1, signals.length]);
  const features = encoderFeatures(at(g, encoder), frames, null, encoder.frame, visualDim);
  g.output("latent", concat(g, [normalise(g, features, encoder.embedding), normalise(g, felt, proprio)], 1));
  return g;
}

/** state (batch, F + 3 or 4) = what is felt, a place, its turn -> latent = place, turn and hand as a picture would show them, then what is felt. */
function stateEncoder({ proprio, signals }: LearnedModel, { place, knowsYaw, showsHand }: StateNormal): Graph {
  const g = new Graph("encoder");
  const felt = signals.length;
  const given = g.input("state", "float32", [-1, felt + 3 + (knowsYaw ? 1 : 0)]);
  const hand = normalise(g, columns(g, given, 0, felt), proprio);
  const turn = (): Value => mul(g, columns(g, given, felt + 3, felt + 4), SQUARE_TURNS);
  const seen = [
    normalise(g, columns(g, given, felt, felt + 3), place),
    ...(knowsYaw ? [sin(g, turn()), cos(g, turn())] : []),
    ...(showsHand ? [hand] : []),
  ];
  g.output("latent", concat(g, [...seen, hand], 1));
  return g;
}

export function predictorGraph({ predictor: net, latentDim, actionDim }: LearnedModel): Graph {
  const g = new Graph("predictor");
  const latent = g.input("latent", "float32", [-1, latentDim]);
  g.output("next", predictor(at(g, net), latent, g.input("action", "float32", [-1, actionDim])));
  return g;
}

export function criticGraph({ critic, visualDim, latentDim }: LearnedModel): Graph {
  const g = new Graph("critic");
  const latent = g.input("latent", "float32", [-1, latentDim]);
  const goal = g.input("goal", "float32", [-1, latentDim]);
  const heads = criticValues(at(g, critic), latent, columns(g, goal, 0, visualDim));
  const value = min(g, columns(g, heads, 0, 1), columns(g, heads, 1, 2));
  g.output("cost", decisions(g, value));
  return g;
}

/** Beyond this share of the value's range the curve goes on as its tangent. */
const SPAN_MIN = 0.1;
/** Below this many decisions the curve is an exponential, so that no two values share a cost and none is negative. */
const KNEE = 0.25;

/** Value to expected decisions n: value = -(1 - gamma^n) / (1 - gamma), solved for n. */
function decisions(g: Graph, value: Value): Value {
  const span = add(g, mul(g, value, 1 - GAMMA), 1);
  const perLog = -1 / Math.log(GAMMA);
  const curved = mul(g, log(g, max(g, span, SPAN_MIN)), -perLog);
  const steps = add(g, curved, mul(g, relu(g, sub(g, SPAN_MIN, span)), perLog / SPAN_MIN));
  const low = sub(g, exp(g, div(g, mul(g, relu(g, sub(g, KNEE, steps)), -1), KNEE)), 1);
  return add(g, max(g, steps, KNEE), mul(g, low, KNEE));
}

/** A Mode-1 policy as the package holds it. */
export function policyGraph({
  policy: net,
  visualDim,
  latentDim,
  actionDim,
}: Pick<LearnedModel, "policy" | "visualDim" | "latentDim" | "actionDim">): Graph {
  const g = new Graph("policy");
  const latent = g.input("latent", "float32", [-1, latentDim]);
  const goal = g.input("goal", "float32", [-1, latentDim]);
  g.output("action", policy(at(g, net), latent, columns(g, goal, 0, visualDim), actionDim));
  return g;
}

/** How far the ensemble disagrees, as the package holds it. */
export function uncertaintyGraph({
  uncertainty,
  latentDim,
  actionDim,
}: Pick<LearnedModel, "uncertainty" | "latentDim" | "actionDim">): Graph {
  const g = new Graph("uncertainty");
  const latent = g.input("latent", "float32", [-1, latentDim]);
  g.output("spread", spread(at(g, uncertainty), latent, g.input("action", "float32", [-1, actionDim])));
  return g;
}

export function probeGraph({ probe: net, state, visualDim, latentDim, proprio }: LearnedModel): Graph {
  const g = new Graph("probe");
  const latent = g.input("latent", "float32", [-1, latentDim]);
  const place = net
    ? restore(g, probe(at(g, net), latent, visualDim), net.object)
    : restore(g, columns(g, latent, 0, 3), (state as StateNormal).place);
  g.output("object", place);
  g.output("tool", restore(g, columns(g, latent, visualDim, visualDim + TOOL_SIGNALS.length), ofTool(proprio)));
  return g;
}
