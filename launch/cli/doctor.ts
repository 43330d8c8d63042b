/** `foresight doctor`: whether this machine has what the product needs, what it could use besides, and how to get it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { robots } from "../../robots/index.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { availableProviders } from "../../runtime/graph/session.ts";
import { createKinematics } from "../../runtime/kinematics/kinematics.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import type { Check } from "./check.ts";
import { rosChecks } from "./ros/doctor.ts";

export interface DoctorResult {
  /** Everything that is needed works. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface DoctorOptions {
  /** The page's port; default 8080. */
  readonly port?: number;
  /** Model packages to check; default all of robots/*\/world-models/. */
  readonly modelFolders?: readonly string[];
  /** Variables of the process; default those of this one. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

const NODE_MIN = [20, 20] as const;
/** The page's tests start this browser. */
const CHROMIUM = process.env["FORESIGHT_CHROMIUM"] ?? "/usr/bin/chromium";

/** onnxruntime-node's own script fetches the CUDA and TensorRT provider libraries from nuget.org; npm runs it only when told to (see .npmrc). */
export const CUDA_COMMAND = "npm rebuild onnxruntime-node --ignore-scripts=false --foreground-scripts";

/** Looks, opens and closes; moves and changes nothing. */
export async function doctor({
  port = 8080,
  modelFolders = shippedModels(),
  environment = process.env,
}: DoctorOptions = {}): Promise<DoctorResult> {
  const models = await Promise.all(modelFolders.map(checkModel));
  const checks = [
    checkNode(),
    describeCpu(),
    ...(await checkProviders()),
    await checkMujoco(),
    ...(models.length > 0 ? models : [NO_MODELS]),
    await checkPort(port),
    checkChromium(),
    ...rosChecks(environment),
  ];
  return { ok: checks.every((check) => check.ok || !check.needed), checks };
}

export function printDoctor({ ok, checks }: DoctorResult): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((check) => {
    const mark = check.ok ? "ok     " : check.needed ? "MISSING" : "absent ";
    const remedy = check.remedy === null ? "" : `\n${" ".repeat(width + 11)}-> ${check.remedy}`;
    return `${mark}  ${check.name.padEnd(width)}  ${check.found}${remedy}`;
  });
  return [...lines, ok ? "Everything needed works." : "Something needed is missing."].join("\n");
}

const good = (name: string, found: string, needed = true): Check => ({ name, needed, ok: true, found, remedy: null });
const bad = (name: string, found: string, remedy: string, needed = true): Check => ({ name, needed, ok: false, found, remedy });
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const found = `${process.version} on ${process.platform}/${process.arch}`;
  return enough ? good("Node.js", found) : bad("Node.js", found, `install Node ${NODE_MIN.join(".")} or later`);
}

/** Vector instructions decide how fast plans are; none of them is needed. */
function describeCpu(): Check {
  const wanted = ["avx2", "fma", "avx512f", "avx512_vnni", "amx_int8", "asimd"];
  const flags = existsSync("/proc/cpuinfo")
    ? readFileSync("/proc/cpuinfo", "utf8")
        .match(/^(?:flags|Features)\s*:(.*)$/m)?.[1]
        ?.split(" ")
    : undefined;
  const present = flags ? wanted.filter((flag) => flags.includes(flag)).join(" ") || "none of them" : "not told by this system";
  const memoryGb = (totalmem() / 2 ** 30).toFixed(1);
  return good(
    "processor",
    `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores, ${memoryGb} GiB; vector instructions: ${present}`,
  );
}

async function checkProviders(): Promise<Check[]> {
  return (await availableProviders()).map(({ name, available, reason }) => {
    const title = `ONNX Runtime ${name}`;
    if (available) return good(title, "opens a session", name === "cpu");
    const cuda = name === "cuda" || name === "tensorrt";
    const remedy = cuda ? cudaRemedy() : name === "cpu" ? "install again with npm ci" : "optional; the cpu provider does the same work";
    return bad(title, reason ?? "does not open a session", remedy, name === "cpu");
  });
}

function cudaRemedy(): string {
  if (process.platform !== "linux" || process.arch !== "x64") return "onnxruntime-node has CUDA libraries for linux/x64 only";
  return `with an NVIDIA GPU, CUDA 12 and cuDNN 9, run \`${CUDA_COMMAND}\` where the package is installed (downloads from nuget.org)`;
}

async function checkMujoco(): Promise<Check> {
  try {
    const names: string[] = [];
    for (const [name, load] of Object.entries(robots)) {
      using _ = await createKinematics(await load());
      names.push(name);
    }
    return good("MuJoCo", `loads the models of ${names.join(", ")}`);
  } catch (error) {
    return bad("MuJoCo", reasonOf(error), "install again with npm ci");
  }
}

const NO_MODELS: Check = bad(
  "world models",
  "none in robots/*/world-models/",
  "clone or install again; the models are part of the package",
);

function shippedModels(): readonly string[] {
  return Object.keys(robots).flatMap((robot) => {
    const folder = join(packageRoot, "robots", robot, "world-models");
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : []));
  });
}

async function checkModel(folder: string): Promise<Check> {
  try {
    const { spec, modelHash } = await loadModelPackage(folder);
    return good(`model ${spec.name}`, `hashes and contract are right, ${modelHash.slice(0, 12)} in ${folder}`);
  } catch (error) {
    return bad(`model ${folder}`, reasonOf(error), "restore its files from the repository or the package");
  }
}

/** An occupied port stops `run` only with its default; another can be chosen. */
function checkPort(port: number): Promise<Check> {
  const name = `port ${port}`;
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(bad(name, `cannot be listened on (${error.code ?? error.message})`, "free it, or run with dashboard.port:=0", false)),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(good(name, "free on 127.0.0.1", false))));
  });
}

function checkChromium(): Check {
  if (existsSync(CHROMIUM)) return good("Chromium", `${CHROMIUM}, for the tests of the page`, false);
  return bad("Chromium", `not at ${CHROMIUM}`, "only for the tests of the page and of webgpu: apt-get install chromium libvulkan1", false);
}
