/** The webgpu provider computes what the cpu provider computes; runs on SwiftShader, Chromium's Vulkan driver without a GPU, so that CI can check it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Parity } from "./webgpu-parity.ts";

const DRIVER = process.env["FORESIGHT_VULKAN_DRIVER"] ?? "/usr/lib/chromium/vk_swiftshader_icd.json";
const DIFFERENCE_MAX = 1e-3;
const skip = existsSync(DRIVER) ? false : `no Vulkan driver at ${DRIVER}; apt-get install chromium libvulkan1`;
if (skip) console.log(`webgpu parity skipped: ${skip}`);

/** The Vulkan loader reads its variable when the process starts, hence a child. */
function runChild(): Promise<Parity> {
  const script = fileURLToPath(new URL("./webgpu-parity.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { env: { ...process.env, VK_ICD_FILENAMES: DRIVER } });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(JSON.parse(out) as Parity);
      else reject(new Error(`the child ended with ${signal ?? code}: ${err.slice(-2_000)}`));
    });
  });
}

describe("webgpu against cpu", { skip }, () => {
  let parity: Parity;
  before(async () => {
    parity = await runChild();
    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    console.log(
      `webgpu: open ${ms(parity.openMs)}, first run ${ms(parity.firstRunMs)}, later ${ms(parity.laterRunMs)}; cpu ${ms(parity.cpuRunMs)}`,
    );
    console.log(`largest difference: ${JSON.stringify(parity.differenceMax)}`);
  });

  it("really runs on webgpu", () => {
    assert.equal(parity.fallbackReason, null);
    assert.equal(parity.provider, "webgpu");
  });

  for (const name of ["latent", "state", "cost", "softPlan", "elitePlan"]) {
    it(`gives the same ${name} within ${DIFFERENCE_MAX}, and not zeros`, () => {
      assert.ok((parity.magnitudeMax[name] ?? 0) > 0.01, `largest ${name} is ${parity.magnitudeMax[name]}`);
      assert.ok((parity.differenceMax[name] ?? Number.NaN) <= DIFFERENCE_MAX, `${name} differs by ${parity.differenceMax[name]}`);
    });
  }

  it("gives the same bytes in a worker thread", () => {
    assert.ok(parity.workerEqual);
  });
});
