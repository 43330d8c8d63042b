/** The weights of a package that foresight trained, by name: what a training that goes on from it starts with. */
import { AgentError } from "../core/errors.ts";
import { MODEL_ROLES, type ModelPackage } from "../core/model.ts";
import { importModel } from "../graph/import.ts";
import { DTYPE_CODES } from "../graph/proto.ts";
import type { NamedWeights } from "./parameters.ts";

/** All that have names of ours: none of a package made elsewhere. */
export function namedWeights(model: ModelPackage): NamedWeights {
  const weights = new Map<string, Float32Array>();
  for (const role of MODEL_ROLES) {
    const bytes = model.networks[role];
    if (!bytes) continue;
    for (const { name, dataType, rawData } of importModel(bytes, `${model.spec.name} ${role}`).initializers) {
      if (dataType !== DTYPE_CODES.float32 || !rawData || !name?.startsWith(`${role}.`)) continue;
      weights.set(name, new Float32Array(Uint8Array.from(rawData).buffer));
    }
  }
  return weights;
}

/** Throws `model.mismatch` for a package made elsewhere. */
export function readWeights(model: ModelPackage): NamedWeights {
  const weights = namedWeights(model);
  if (!weights.has("predictor.inlet.weight")) {
    throw new AgentError(
      "model.mismatch",
      `${model.folder}: was not made by foresight train, so its weights cannot be gone on with; train anew`,
    );
  }
  return weights;
}
