/** The copies that one graph holds of one imported model: shared initialisers, and nodes renamed afresh for each call. */
import type { ImportedModel } from "./import.ts";
import type { NodeProto, TensorProto } from "./proto.ts";

export class InlineCopies {
  readonly initializers: readonly TensorProto[];
  readonly #model: ImportedModel;
  readonly #shared = new Map<string, string>();

  constructor(model: ImportedModel, prefix: string) {
    this.#model = model;
    this.initializers = model.initializers.map((tensor) => {
      const name = `${prefix}/${tensor.name}`;
      this.#shared.set(tensor.name ?? "", name);
      return { ...tensor, name };
    });
  }

  /** The model's nodes fed by `inputs`, every intermediate under `prefix`, and the name of each output. */
  call(
    prefix: string,
    inputs: Readonly<Record<string, { readonly name: string }>>,
  ): { nodes: NodeProto[]; outputNames: Map<string, string> } {
    const names = new Map(this.#shared);
    for (const { name } of this.#model.inputs) names.set(name, inputs[name]?.name ?? "");
    const rename = (name: string): string => {
      if (name === "") return ""; // A skipped optional input.
      const known = names.get(name) ?? `${prefix}/${name}`;
      names.set(name, known);
      return known;
    };
    const nodes = this.#model.nodes.map((node, i) => ({
      ...node,
      name: `${prefix}/${node.name || i}`,
      input: (node.input ?? []).map(rename),
      output: (node.output ?? []).map(rename),
    }));
    return { nodes, outputNames: new Map(this.#model.outputs.map(({ name }) => [name, rename(name)])) };
  }
}
