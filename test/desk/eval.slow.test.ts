/** The whole way of an arm on a desk: keeper, serial port, ffmpeg's pictures, real time; the virtual arm is put at each start, and judged by its own truth. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cli } from "../helpers/cli.ts";
import { startArm } from "./arm-process.ts";

const skip = spawnSync("ffmpeg", ["-version"]).status === 0 ? false : "no ffmpeg on this machine: apt-get install ffmpeg";
const PICTURES = 8571;

for (const skill of ["reach", "push"])
  test(`an episode of ${skill} on the virtual arm's serial port is reset, decided by its pictures, and judged by its truth`, {
    skip,
  }, async (context) => {
    await using arm = await startArm("--pictures", `${PICTURES}`, "--scene", `launch/so101-${skill}.launch.yaml`);
    const folder = mkdtempSync(join(tmpdir(), "desk-eval-"));
    try {
      const report = join(folder, "report.json");
      const { code, out, err } = await cli(
        ...["eval", "--launch", `launch/so101-desk-${skill}.launch.yaml`, "--episodes", "1", "--seed", "601", "--json", report],
        ...[`backend.port:=${arm.port}`],
        // Another process plays servos and cameras, and this machine is busy: late is not lost.
        ...["backend.answerMs:=25", "backend.limits.missingMs:=2000"],
        ...[0, 1].map((index) => `backend.cameras.${["front", "side"][index]}.device:=tcp://127.0.0.1:${PICTURES + index}`),
      );
      assert.equal(code, 0, err);
      context.diagnostic(out.split("\n").slice(0, 3).join("; ")); // Of a shared machine: told, not asserted.
      const { mode, rows } = JSON.parse(readFileSync(report, "utf8")) as {
        readonly mode: string;
        readonly rows: readonly { readonly decisions: number; readonly finalErrorCm: number }[];
      };
      assert.equal(mode, "realtime");
      assert.equal(rows.length, 1);
      assert.ok(rows[0]!.decisions > 0 && rows[0]!.finalErrorCm > 0 && rows[0]!.finalErrorCm < 30, JSON.stringify(rows));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
