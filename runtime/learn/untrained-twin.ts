/** A model that has learned nothing: the same networks with weights drawn by chance, for telling what comes of learning from what comes of the networks. */
import type { ModelPackage } from "../core/model.ts";
import { createRng, type Rng } from "../core/rng.ts";
import { DTYPE_CODES, onnx } from "../graph/proto.ts";

/** Every weight matrix has its own numbers in an order drawn by chance: as large as they were, and about nothing. Biases and norms stay. */
export function untrainedTwin(model: ModelPackage, seed: number): ModelPackage {
  const { encoder, predictor } = model.networks;
  const rng = createRng(seed);
  return {
    ...model,
    networks: { ...model.networks, encoder: shuffled(encoder, rng.fork(0)), predictor: shuffled(predictor, rng.fork(1)) },
  };
}

function shuffled(bytes: Uint8Array, rng: Rng): Uint8Array {
  const proto = onnx.ModelProto.decode(bytes);
  for (const tensor of proto.graph?.initializer ?? []) {
    const isMatrix = (tensor.dims ?? []).filter((size) => Number(String(size)) > 1).length >= 2;
    if (!isMatrix || tensor.dataType !== DTYPE_CODES.float32 || !tensor.rawData) continue;
    const values = new Float32Array(Uint8Array.from(tensor.rawData).buffer);
    shuffle(values, rng);
    tensor.rawData = new Uint8Array(values.buffer);
  }
  return onnx.ModelProto.encode(proto).finish();
}

/** In place (Fisher and Yates). */
function shuffle(values: Float32Array, rng: Rng): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(rng.uniform() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
}
