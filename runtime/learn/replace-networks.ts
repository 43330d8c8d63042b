/** A model package with some of its networks trained anew: everything else stays as it is. */
import { join } from "node:path";
import { cardText } from "../core/card-hash.ts";
import { parseJson } from "../core/json.ts";
import { MODEL_ROLES, type ModelPackage, type ModelRole } from "../core/model.ts";
import { OwnFolder } from "../core/own-folder.ts";
import { readPlainText } from "../core/plain-file.ts";
import { sha256 } from "../core/sha256.ts";
import { PACKAGE_FOLDER } from "./package-draft.ts";

const CARD = { bytesMax: 10_000_000, code: "model.missing", remedy: "train or download the package again" } as const;

/** What model.json says of it beside the hashes; each is added to what is there. */
export interface Notes {
  readonly training: Readonly<Record<string, unknown>>;
  readonly evaluation?: Readonly<Record<string, unknown>>;
}

/** Writes the package to a folder that nobody uses yet, model.json last; returns it as it is now but for hash and notes. */
export function replaceNetworks(
  model: ModelPackage,
  fresh: Readonly<Partial<Record<ModelRole, Uint8Array>>>,
  { training, evaluation = {} }: Notes,
  folder: string,
): ModelPackage {
  const own = new OwnFolder(folder, PACKAGE_FOLDER);
  const networks = { ...model.networks, ...fresh };
  const card = readPlainText(join(model.folder, "model.json"), CARD);
  const spec = parseJson(card) as Record<"files" | "training" | "evaluation", object>;
  for (const role of MODEL_ROLES) {
    const bytes = networks[role];
    if (!bytes) continue;
    const file = model.spec.files[role]?.file ?? `${role}.onnx`;
    own.replace(file, bytes);
    spec.files = { ...spec.files, [role]: { file, sha256: sha256(bytes) } };
  }
  spec.training = { ...spec.training, ...training };
  spec.evaluation = { ...spec.evaluation, ...evaluation };
  own.replace("model.json", cardText(spec));
  return { ...model, networks };
}
