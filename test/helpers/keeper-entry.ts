/** A keeper process with the two-joint arm, for tests: logs each command to a file when the configuration names one. */
import { closeSync, openSync, writeSync } from "node:fs";
import { z } from "zod";
import { type KeeperParts, serveKeeper } from "../../runtime/act/serve-keeper.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { lastGuard } from "../../runtime/guard/last-guard.ts";
import { createFakeDriver, twoJointSpec } from "./kinematic-arm.ts";

const schema = z.strictObject({ logPath: z.string().nullable(), failToStart: z.boolean().optional() });

await serveKeeper(async (config): Promise<KeeperParts> => {
  const { logPath, failToStart } = schema.parse(config);
  if (failToStart) throw new AgentError("model.missing", "driver: refused for the test; configure it otherwise");
  const driver = createFakeDriver(twoJointSpec, new SystemClock());
  if (logPath) logCommands(driver, logPath);
  return { spec: twoJointSpec, driver, lastGuard };
});
process.exit(0);

/** One line per command: stamp (ns), the fastest joint's commanded speed (rad/s), the first joint's position (rad). */
function logCommands(driver: ReturnType<typeof createFakeDriver>, path: string): void {
  const file = openSync(path, "w");
  const command = driver.command.bind(driver);
  const dispose = driver[Symbol.asyncDispose].bind(driver);
  Object.assign(driver, {
    command(next: Parameters<typeof command>[0], stampNs: bigint) {
      command(next, stampNs);
      writeSync(file, `${stampNs} ${Math.max(...next.velocityRadPerS.map(Math.abs))} ${next.positionRad[0]}\n`);
    },
    async [Symbol.asyncDispose]() {
      await dispose();
      writeSync(file, "disposed\n");
      closeSync(file);
    },
  });
}
