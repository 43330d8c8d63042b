/** Checks the inputs and outputs of a package's ONNX files against the contract: names, element types, sizes. */
import { AgentError } from "../core/errors.ts";
import { CHUNK_DECISIONS, type ModelRole, type ModelSpec } from "../core/model.ts";
import type { ImportedModel } from "../graph/import.ts";
import type { PortInfo } from "../graph/port.ts";
import type { DType } from "../graph/proto.ts";

/** -1 in first place is the symbolic batch; "any" is a size the contract leaves open. */
interface PortRule {
  readonly dtype: DType;
  readonly shape: readonly (number | "any")[];
}

interface NetworkRule {
  readonly inputs: Readonly<Record<string, PortRule>>;
  readonly outputs: Readonly<Record<string, PortRule>>;
}

/** Throws `model.mismatch` naming the port, what it is and what the contract wants. `name` is for messages. */
export function checkPorts(model: ImportedModel, role: ModelRole, spec: ModelSpec, name: string): void {
  const rule = networkRule(role, spec, model.inputs);
  for (const [side, rules, ports] of [
    ["input", rule.inputs, model.inputs],
    ["output", rule.outputs, model.outputs],
  ] as const) {
    for (const [port, wanted] of Object.entries(rules)) checkPort(name, side, port, wanted, ports);
  }
  const extra = model.inputs.find((port) => !(port.name in rule.inputs));
  if (!extra) return;
  const known = Object.keys(rule.inputs).join(", ");
  throw new AgentError(
    "model.mismatch",
    `${name}: input "${extra.name}" is unknown to the contract, which has ${known}; export it without`,
  );
}

function checkPort(name: string, side: string, port: string, wanted: PortRule, ports: readonly PortInfo[]): void {
  const found = ports.find((candidate) => candidate.name === port);
  if (!found) {
    const names = ports.map((candidate) => candidate.name).join(", ") || "none";
    throw new AgentError("model.mismatch", `${name}: ${side} "${port}" is missing, it has ${names}; export it with the contract's names`);
  }
  const fits = found.shape.length === wanted.shape.length && wanted.shape.every((size, i) => size === "any" || size === found.shape[i]);
  if (fits && found.dtype === wanted.dtype) return;
  throw new AgentError(
    "model.mismatch",
    `${name}: ${side} "${port}" is ${found.dtype} ${format(found.shape)}, the contract wants ${wanted.dtype} ${format(wanted.shape)}; export it again or correct model.json`,
  );
}

const format = (shape: PortRule["shape"]): string => `(${shape.map((size) => (size === -1 ? "batch" : size)).join(", ")})`;

function networkRule(role: ModelRole, spec: ModelSpec, inputs: readonly PortInfo[]): NetworkRule {
  const float = (...sizes: (number | "any")[]): PortRule => ({ dtype: "float32", shape: [-1, ...sizes] });
  const latent = float(spec.latentDim);
  const action = float(spec.axes.length);
  switch (role) {
    case "encoder":
      return {
        inputs: { ...encoderInputs(spec, float), ...(remembers(inputs) ? { before: latent, moved: action, first: float(1) } : {}) },
        outputs: { latent },
      };
    case "predictor":
      return { inputs: { latent, action }, outputs: { next: latent } };
    case "critic":
      return { inputs: { latent, goal: latent }, outputs: { cost: float(1) } };
    case "policy":
      return { inputs: { latent, goal: latent }, outputs: { action } };
    case "probe":
      return { inputs: { latent }, outputs: { object: float(3), tool: float(3) } };
    case "uncertainty":
      return { inputs: { latent, action }, outputs: { spread: float(1) } };
    // Standard normal noise in, a sample out: a chunk of the next actions, or the seen part of a latent some decisions ahead.
    case "prior":
      return {
        inputs: { latent, goal: latent, noise: float(CHUNK_DECISIONS * spec.axes.length) },
        outputs: { chunk: float(CHUNK_DECISIONS, spec.axes.length) },
      };
    case "subgoal":
      return { inputs: { latent, goal: latent, noise: float(spec.latentDim - spec.proprioception.length) }, outputs: { subgoal: latent } };
  }
}

/** An encoder that remembers takes all three: the belief before, what was done since, and 1 where there is no such belief. */
const remembers = (inputs: readonly PortInfo[]): boolean => inputs.some(({ name }) => ["before", "moved", "first"].includes(name));

function encoderInputs(spec: ModelSpec, float: (...sizes: (number | "any")[]) => PortRule): NetworkRule["inputs"] {
  const [camera] = spec.cameras;
  if (!camera) return { state: float("any") };
  const frames: PortRule = { dtype: "uint8", shape: [-1, spec.cameras.length, camera.heightPx, camera.widthPx, 3] };
  return { frames, proprio: float(spec.proprioception.length) };
}
