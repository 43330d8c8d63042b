/** Rebuilds an imported model in a Graph through the typed operators: every inner value then has a shape, so the model can be differentiated. */
import { AgentError } from "../core/errors.ts";
import type { Graph, Value } from "./builder.ts";
import type { ImportedModel } from "./import.ts";
import { upgradeNode } from "./opset.ts";
import type { NodeProto } from "./proto.ts";
import { formatShape, sameShape } from "./shape.ts";
import { readAttributes } from "./trace-attributes.ts";
import { TRACERS, type TraceNode, type TraceOptions } from "./trace-ops.ts";
import { readTensor } from "./trace-tensor.ts";

export type { TraceOptions } from "./trace-ops.ts";

/** The opset whose node definitions the tracers read; older nodes are upgraded to it. */
const TRACED_OPSET = 18;

/** Constants of one model in one graph by name, so that every call shares its weights. */
const shared = new WeakMap<Graph, Map<ImportedModel, Map<string, Value>>>();

/**
 * Like `g.inline`, operator by operator: feeds `inputs` by name and returns the outputs by name; weights are stored once a graph.
 * Throws `model.mismatch` naming model and operator for an operator that has no tracer.
 */
export function traceModel(
  g: Graph,
  model: ImportedModel,
  inputs: Readonly<Record<string, Value>>,
  options: TraceOptions = {},
): Record<string, Value> {
  const shapes = model.bind(inputs);
  const values = new Map([...constantsOf(g, model), ...Object.entries(inputs)]);
  const find = (name: string): Value => {
    const value = values.get(name);
    if (value) return value;
    throw new AgentError("model.corrupt", `${model.name}: nothing computes "${name}"; export the file again`);
  };
  for (const node of model.nodes) {
    const outputs = traceNode(g, model, node, find, options);
    for (const [i, name] of (node.output ?? []).entries()) if (name !== "" && outputs[i]) values.set(name, outputs[i]);
  }
  return Object.fromEntries(
    model.outputs.map(({ name }) => {
      const [value, shape] = [find(name), shapes[name] ?? []];
      if (sameShape(value.shape, shape)) return [name, value];
      throw new AgentError(
        "model.mismatch",
        `${model.name}: output "${name}" comes out as ${formatShape(value.shape)}, the file says ${formatShape(shape)}; export it again`,
      );
    }),
  );
}

function constantsOf(g: Graph, model: ImportedModel): Map<string, Value> {
  const models = shared.get(g) ?? new Map<ImportedModel, Map<string, Value>>();
  shared.set(g, models);
  const known = models.get(model);
  if (known) return known;
  const constants = new Map(
    model.initializers.map((tensor) => {
      const { data, shape } = readTensor(tensor, model.name);
      return [tensor.name ?? "", g.constant(data, shape)];
    }),
  );
  models.set(model, constants);
  return constants;
}

function traceNode(
  g: Graph,
  model: ImportedModel,
  original: NodeProto,
  find: (name: string) => Value,
  options: TraceOptions,
): readonly Value[] {
  const { node, initializers } = upgradeNode(original, model.opset, TRACED_OPSET);
  const type = node.opType ?? "";
  const label = `${model.name}: node "${node.name}" (${type})`;
  const tracer = Object.hasOwn(TRACERS, type) ? TRACERS[type] : undefined;
  if (!tracer) {
    throw new AgentError(
      "model.mismatch",
      `${label}: cannot be traced; use a solver without gradients, or export with the operators ${Object.keys(TRACERS).join(", ")}`,
    );
  }
  const made = new Map(
    initializers.map((tensor) => {
      const { data, shape } = readTensor(tensor, model.name);
      return [tensor.name ?? "", g.constant(data, shape)];
    }),
  );
  const inputs = (node.input ?? []).map((name) => (name === "" ? null : (made.get(name) ?? find(name))));
  const traced: TraceNode = { g, inputs, attributes: readAttributes(node), outputs: node.output?.length ?? 0, label, options };
  return tracer(traced);
}
