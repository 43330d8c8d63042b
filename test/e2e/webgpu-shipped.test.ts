import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ShippedParity } from "./webgpu-shipped.ts";

const DRIVER = process.env["FORESIGHT_VULKAN_DRIVER"] ?? "/usr/lib/chromium/vk_swiftshader_icd.json";
const DIFFERENCE_MAX = 1e-3;
const skip = existsSync(DRIVER) ? false : `no Vulkan driver at ${DRIVER}; apt-get install chromium libvulkan1`;

test("webgpu encodes, imagines and judges like the cpu, with the shipped model on real pictures", { skip }, (context) => {
  const script = fileURLToPath(new URL("./webgpu-shipped.ts", import.meta.url));
  // The Vulkan loader reads its variable when the process starts, hence a child.
  const child = spawnSync(process.execPath, ["--import", "tsx", script], {
    encoding: "utf8",
    timeout: 300_000,
    env: { ...process.env, VK_ICD_FILENAMES: DRIVER },
  });
  assert.equal(child.status, 0, child.stderr);
  const { provider, fallbackReason, differenceMax, magnitudeMax } = JSON.parse(child.stdout) as ShippedParity;
  context.diagnostic(`largest difference ${JSON.stringify(differenceMax)} of magnitudes ${JSON.stringify(magnitudeMax)}`);
  assert.equal(fallbackReason, null);
  assert.equal(provider, "webgpu");
  for (const name of ["latent", "rollout", "cost"] as const) {
    assert.ok(magnitudeMax[name] > 0.1, `largest ${name} is ${magnitudeMax[name]}`);
    assert.ok(differenceMax[name] <= DIFFERENCE_MAX, `${name} differs by ${differenceMax[name]}`);
  }
});
