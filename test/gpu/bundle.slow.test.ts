/** The bundle for a machine that has a GPU and nothing else: small enough to be sent, and it runs by itself; here on Chromium's software driver. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type BenchGpuResult, printBenchGpu } from "../../launch/measure/bench/gpu.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";

const DRIVER = process.env["FORESIGHT_VULKAN_DRIVER"] ?? "/usr/lib/chromium/vk_swiftshader_icd.json";
const skip = existsSync(DRIVER) ? false : `no Vulkan driver at ${DRIVER}; apt-get install chromium libvulkan1`;
const SENT_BYTES_MAX = 64 * 2 ** 20;
const RUN_MS_MAX = 600_000;

test("it fits into what can be sent, and plans the same on webgpu as on the cpu, away from this source tree", { skip }, () => {
  execFileSync("bash", ["test/gpu/bundle"], { cwd: packageRoot, stdio: ["ignore", "ignore", "inherit"] });
  assert.ok(statSync(join(packageRoot, ".gpu/bundle.tar.xz")).size < SENT_BYTES_MAX);
  const elsewhere = mkdtempSync(join(tmpdir(), "foresight-gpu-"));
  try {
    const out = execFileSync(join(packageRoot, ".gpu/run"), ["--plans", "1", "--samples", "4", "--json"], {
      cwd: elsewhere,
      env: { PATH: process.env["PATH"], VK_ICD_FILENAMES: DRIVER },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: RUN_MS_MAX,
      encoding: "utf8",
    });
    const result = JSON.parse(out) as BenchGpuResult;
    const { rows, missing } = result;
    assert.match(printBenchGpu(result), /webgpu ran on a software driver/);
    assert.deepEqual(
      rows.map(({ provider }) => provider),
      ["cpu", "webgpu"],
      JSON.stringify(missing),
    );
    const [, webgpu] = rows;
    assert.ok((webgpu?.greatestDifference ?? Number.NaN) <= 1e-3, `differs by ${webgpu?.greatestDifference}`);
  } finally {
    rmSync(elsewhere, { recursive: true });
    rmSync(join(packageRoot, ".gpu"), { recursive: true });
  }
});
