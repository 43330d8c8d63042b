/** Reads a model package from its folder and checks everything that can be checked without running it. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { AgentError } from "../core/errors.ts";
import { MODEL_ROLES, type ModelPackage, type ModelRole, type ModelSpec, type PerRole } from "../core/model.ts";
import { importModel } from "../graph/import.ts";
import { checkPorts } from "./contract-ports.ts";
import { CONTRACT_VERSION, modelSchema } from "./model-schema.ts";

const RETRAIN = "train or download the package again";

/** Loads and checks a package. Throws `model.missing`, `model.corrupt` (bytes) or `model.mismatch` (contract). */
export async function loadModelPackage(folder: string): Promise<ModelPackage> {
  const spec = await readSpec(folder);
  const networks: Partial<Record<ModelRole, Uint8Array>> = {};
  let stateDim = 0;
  for (const role of MODEL_ROLES) {
    const entry = spec.files[role];
    if (!entry) continue;
    const path = join(folder, entry.file);
    const bytes = await readBytes(path, `${role} of model package ${spec.name}`);
    checkHash(path, bytes, entry.sha256);
    const model = importModel(bytes, path);
    checkPorts(model, role, spec, path);
    if (role === "encoder" && spec.observation === "state") stateDim = readStateDim(path, model.inputs[0]?.shape[1]);
    networks[role] = bytes;
  }
  return { folder: resolve(folder), spec, networks: networks as PerRole<Uint8Array>, modelHash: modelHash(spec.files), stateDim };
}

/** SHA-256 over the roles and hashes of the files, in the contract's order; 64 hexadecimal digits. */
export function modelHash(files: ModelSpec["files"]): string {
  const hash = createHash("sha256");
  for (const role of MODEL_ROLES) if (files[role]) hash.update(`${role} ${files[role].sha256}\n`);
  return hash.digest("hex");
}

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

async function readSpec(folder: string): Promise<ModelSpec> {
  const path = join(folder, "model.json");
  const text = new TextDecoder().decode(await readBytes(path, `model package ${folder}`));
  const content = parseJson(path, text);
  const contract = typeof content === "object" && content !== null && "contract" in content ? content.contract : undefined;
  if (contract !== CONTRACT_VERSION) {
    const message = `${path}: contract ${JSON.stringify(contract)} is not ${CONTRACT_VERSION}, the only version this product knows; ${RETRAIN}`;
    throw new AgentError("model.mismatch", message);
  }
  const parsed = modelSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path: at, message }) => `${z.core.toDotPath(at) || "model.json"}: ${message}`);
  throw new AgentError("model.mismatch", `${path}: ${issues.join("; ")}; correct it or ${RETRAIN}`, { cause: parsed.error });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `${path}: ${text.length} characters are no JSON: ${cause instanceof Error ? cause.message : cause}; ${RETRAIN}`;
    throw new AgentError("model.corrupt", message, { cause });
  }
}

async function readBytes(path: string, subject: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AgentError("model.missing", `${subject}: cannot read ${path} (${reason}); ${RETRAIN} or correct the path`, { cause });
  }
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
