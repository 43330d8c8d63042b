/** A model package with another Mode-1 policy: everything else stays as it is. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL_ROLES, type ModelPackage } from "../core/model.ts";
import { replace } from "./package-writer.ts";

/** Writes the package to `folder` (its own or another); `practice` is noted under `training` in model.json. */
export function replacePolicy(model: ModelPackage, policy: Uint8Array, practice: Readonly<Record<string, unknown>>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const networks = { ...model.networks, policy };
  for (const role of MODEL_ROLES) {
    const bytes = networks[role];
    if (bytes) replace(join(folder, fileOf(model, role)), bytes);
  }
  const spec = JSON.parse(readFileSync(join(model.folder, "model.json"), "utf8")) as { files: Record<string, unknown>; training: object };
  spec.files = { ...spec.files, policy: { file: fileOf(model, "policy"), sha256: createHash("sha256").update(policy).digest("hex") } };
  spec.training = { ...spec.training, practice };
  replace(join(folder, "model.json"), `${JSON.stringify(spec, null, 2)}\n`);
}

const fileOf = ({ spec }: ModelPackage, role: (typeof MODEL_ROLES)[number]): string => spec.files[role]?.file ?? `${role}.onnx`;
