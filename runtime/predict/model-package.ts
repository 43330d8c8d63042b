/** Reads a model package from its folder and checks everything that can be checked without running it. */
import { join, resolve } from "node:path";
import { cardHash } from "../core/card-hash.ts";
import { AgentError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { CONTRACT_VERSION, MODEL_ROLES, type ModelPackage, type ModelRole, type ModelSpec, type PerRole } from "../core/model.ts";
import { objections } from "../core/objections.ts";
import { readPlainFile, readPlainText } from "../core/plain-file.ts";
import { sha256 } from "../core/sha256.ts";
import { importModel } from "../graph/import.ts";
import { checkPorts } from "./contract-ports.ts";
import { modelSchema } from "./model-schema.ts";
import { version1Schema } from "./model-version-1.ts";

const RETRAIN = "train or download the package again";
const FILE = { code: "model.missing", remedy: `${RETRAIN} or correct the path` } as const;
const CARD_BYTES_MAX = 10_000_000;
/** The networks that we train have a hundredth of it. */
const NETWORK_BYTES_MAX = 512 * 2 ** 20;

/** Loads and checks a package. Throws `model.missing`, `model.corrupt` (bytes) or `model.mismatch` (contract). */
export async function loadModelPackage(folder: string): Promise<ModelPackage> {
  const { spec, modelHash } = readSpec(folder);
  const networks: Partial<Record<ModelRole, Uint8Array>> = {};
  let stateDim = 0;
  let remembers = false;
  for (const role of MODEL_ROLES) {
    const entry = spec.files[role];
    if (!entry) continue;
    const path = join(folder, entry.file);
    const bytes = readPlainFile(path, { ...FILE, subject: `${role} of model package ${spec.name}`, bytesMax: NETWORK_BYTES_MAX });
    checkHash(path, bytes, entry.sha256);
    const model = importModel(bytes, path);
    checkPorts(model, role, spec, path);
    if (role === "encoder" && spec.observation === "state") stateDim = readStateDim(path, model.inputs[0]?.shape[1]);
    if (role === "encoder") remembers = model.inputs.some(({ name }) => name === "before");
    networks[role] = bytes;
  }
  return { folder: resolve(folder), spec, networks: networks as PerRole<Uint8Array>, modelHash, stateDim, remembers };
}

function readSpec(folder: string): { readonly spec: ModelSpec; readonly modelHash: string } {
  const path = join(folder, "model.json");
  const text = readPlainText(path, { ...FILE, subject: `model package ${folder}`, bytesMax: CARD_BYTES_MAX });
  const content = contentOf(path, text);
  const contract = typeof content === "object" && content !== null && "contract" in content ? content.contract : null;
  if (contract !== 1 && contract !== CONTRACT_VERSION) {
    const message = `${path}: contract ${contract === null ? "is missing, it" : JSON.stringify(contract)} is not 1 or ${CONTRACT_VERSION}, the versions that this product knows; ${RETRAIN}`;
    throw new AgentError("model.mismatch", message);
  }
  const parsed = (contract === 1 ? version1Schema : modelSchema).safeParse(content);
  if (parsed.success) return { spec: parsed.data, modelHash: checkCard(path, content as object, parsed.data.cardHash) };
  throw new AgentError("model.mismatch", `${path}: ${objections(parsed.error, "model.json")}; correct it or ${RETRAIN}`, {
    cause: parsed.error,
  });
}

function contentOf(path: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    const message = `${path}: ${text.length} characters are no JSON: ${cause instanceof Error ? cause.message : cause}; ${RETRAIN}`;
    throw new AgentError("model.corrupt", message, { cause });
  }
}

/** Returns the hash of what the card says; throws where it is not what was written. */
function checkCard(path: string, content: object, declared: string | undefined): string {
  const actual = cardHash(content);
  if (declared === undefined || declared === actual) return actual;
  const message = `${path}: cardHash is ${declared}, but its content has the hash ${actual}: something in it was changed after it was written; ${RETRAIN}, or write the hash of the content where the change is meant`;
  throw new AgentError("model.corrupt", message);
}

function checkHash(path: string, bytes: Uint8Array, declared: string): void {
  const actual = sha256(bytes);
  if (actual === declared) return;
  throw new AgentError("model.corrupt", `${path}: sha256 is ${actual}, model.json declares ${declared}; ${RETRAIN}`);
}

function readStateDim(path: string, size: number | undefined): number {
  if (size !== undefined && size > 0) return size;
  throw new AgentError("model.mismatch", `${path}: input "state" has no fixed size; export it with (batch, S)`);
}
