/** A model package with some of its networks trained anew: everything else stays as it is. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL_ROLES, type ModelPackage, type ModelRole } from "../core/model.ts";
import { replace } from "./package-writer.ts";

/** What model.json says of it beside the hashes; each is added to what is there. */
export interface Notes {
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation?: Readonly<Record<string, unknown>>;
}

/** Writes the package to `folder`, its own or another; returns it as it is now but for hash and notes. */
export function replaceNetworks(
  model: ModelPackage,
  fresh: Readonly<Partial<Record<ModelRole, Uint8Array>>>,
  { training, evaluation = {} }: Notes,
  folder: string,
): ModelPackage {
  mkdirSync(folder, { recursive: true });
  const networks = { ...model.networks, ...fresh };
  const spec = JSON.parse(readFileSync(join(model.folder, "model.json"), "utf8")) as Record<"files" | "training" | "evaluation", object>;
  for (const role of MODEL_ROLES) {
    const bytes = networks[role];
    if (!bytes) continue;
    const file = model.spec.files[role]?.file ?? `${role}.onnx`;
    replace(join(folder, file), bytes);
    spec.files = { ...spec.files, [role]: { file, sha256: createHash("sha256").update(bytes).digest("hex") } };
  }
  spec.training = { ...spec.training, ...training };
  spec.evaluation = { ...spec.evaluation, ...evaluation };
  replace(join(folder, "model.json"), `${JSON.stringify(spec, null, 2)}\n`);
  return { ...model, networks };
}
