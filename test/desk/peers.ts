/** Drivers that are not ours: Feetech's own SDKs, fetched once by test/desk/setup. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
export const SDKS = ["ftservo-python-sdk", "feetech-servo-sdk"] as const;

/** Where they are, or why not: then the tests that need them skip, which is a failure in CI. */
export const sdkRoot: { readonly folder: string; readonly missing: false } | { readonly folder: null; readonly missing: string } =
  fetched();

function fetched(): typeof sdkRoot {
  const { status, stdout, stderr } = spawnSync("bash", [join(here, "setup")], { encoding: "utf8" });
  if (status === 0) return { folder: stdout.trim(), missing: false };
  return { folder: null, missing: `test/desk/setup cannot fetch Feetech's SDKs: ${stderr.trim().split("\n").at(-1)}` };
}

/** What a script of this folder prints, given the SDK's folder and more. Throws with what it said when it fails. */
export const runPeer = (script: string, sdk: (typeof SDKS)[number], ...more: readonly string[]): string =>
  execFileSync("python3", [join(here, script), join(sdkRoot.folder ?? "", sdk), ...more], { encoding: "utf8", timeout: 60_000 });
