/** Which execution providers of ONNX Runtime this machine offers, and which ones a session tries in which order. */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type ProviderName = "cpu" | "webgpu" | "cuda" | "tensorrt";
export type ProviderChoice = ProviderName | "auto";

/** Why a provider cannot be used here, or null when it is worth trying. Looks at files only; opening a session is the real test. */
export function providerObstacle(name: ProviderName): string | null {
  if (name === "cpu") return null;
  if (name === "webgpu") return webgpuObstacle();
  const library = join(
    nativeFolder(),
    process.platform === "win32" ? `onnxruntime_providers_${name}.dll` : `libonnxruntime_providers_${name}.so`,
  );
  if (existsSync(library)) return null;
  return `${name}: no provider library at ${library}; run node_modules/onnxruntime-node/script/install.js with network access`;
}

/**
 * The providers to try, best first; cpu is always last.
 * `auto` takes cuda where its library is installed, else webgpu where the machine has a graphics device, else cpu. A software Vulkan driver is
 * no graphics device (slower than the cpu provider), and tensorrt must be asked for by name, since it compiles for minutes on first use.
 * The choice looks at what is installed, never at measured speed, so that the same machine always computes the same bytes.
 */
export function providerOrder(choice: ProviderChoice): { readonly tries: readonly ProviderName[]; readonly obstacles: readonly string[] } {
  const wanted: readonly ProviderName[] = choice === "auto" ? ["cuda", "webgpu"] : choice === "cpu" ? [] : [choice];
  const obstacles: string[] = [];
  const tries = wanted.filter((name) => {
    const obstacle = providerObstacle(name) ?? (choice === "auto" && name === "webgpu" ? graphicsObstacle() : null);
    if (obstacle !== null) obstacles.push(obstacle);
    return obstacle === null;
  });
  return { tries: [...tries, "cpu"], obstacles };
}

/** The list that onnxruntime-node takes; TensorRT hands what it cannot compile to CUDA. */
export function executionProviders(name: ProviderName): string[] {
  return name === "tensorrt" ? ["tensorrt", "cuda"] : [name];
}

function webgpuObstacle(): string | null {
  return driverByName() ? null : graphicsObstacle();
}

/** Whether webgpu, where it runs, reckons on the cpu: a driver such as Chromium's SwiftShader or Mesa's llvmpipe was named, or there is no graphics device. */
export const isWebgpuSoftware = (): boolean => /swiftshader|lvp/i.test(driverByName() ?? "") || graphicsObstacle() !== null;

/** The Vulkan loader's own variables. */
const driverByName = (): string | undefined => process.env["VK_ICD_FILENAMES"] ?? process.env["VK_DRIVER_FILES"];

function graphicsObstacle(): string | null {
  if (process.platform !== "linux") return null; // macOS and Windows always have Metal or Direct3D 12.
  const device = (folder: string, prefix: string): boolean =>
    existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(prefix));
  if (device("/dev/dri", "renderD") || device("/dev", "nvidia0")) return null;
  return "webgpu: no graphics device (/dev/dri/renderD*, /dev/nvidia0); plug one in or pass it to the container";
}

function nativeFolder(): string {
  const main = createRequire(import.meta.url).resolve("onnxruntime-node"); // dist/index.js
  return join(dirname(main), "..", "bin", "napi-v6", process.platform, process.arch);
}
