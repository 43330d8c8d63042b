/** The keeper as a child process: what an entry module calls with its own way to make a driver. */
import { SystemClock } from "../core/clock.ts";
import { objections } from "../core/objections.ts";
import type { RobotSpec } from "../core/robot.ts";
import { type Channel, processChannel } from "./channel.ts";
import type { Driver, LastGuard } from "./driver.ts";
import { watchDying } from "./dying.ts";
import { type KeeperEnd, runKeeper } from "./keeper.ts";
import { describeError, toKeeper } from "./messages.ts";
import { runFirst } from "./run-first.ts";

export interface KeeperParts {
  readonly spec: RobotSpec;
  readonly driver: Driver;
  readonly lastGuard: LastGuard;
  readonly heartbeatTimeoutMs?: number;
  readonly onEnd?: () => void;
}

/** Waits for the agent's configuration, makes the parts, keeps the arm until the end. The caller ends the process then. */
export async function serveKeeper(build: (config: unknown) => Promise<KeeperParts>): Promise<Pick<KeeperEnd, "reason">> {
  const going = new AbortController();
  // SAFETY: a Ctrl-C or a closed terminal goes to the whole process group; the keeper outlives the agent until the arm is at rest.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  process.on("SIGTERM", () => going.abort());
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // SAFETY: nor does it end because nobody reads what it says.
  runFirst();
  const channel = processChannel(process);
  const isAgentDying = watchDying(process.ppid);
  try {
    const parts = await build(await configuration(channel));
    return await runKeeper({ ...parts, channel, clock: new SystemClock(), signal: going.signal, isAgentDying });
  } catch (error) {
    const failure = describeError(error);
    await channel.send({ kind: "failed", ...failure }).catch(() => {}); // Without an agent there is no one to tell.
    channel.close();
    return { reason: failure.message };
  }
}

function configuration(channel: Channel): Promise<unknown> {
  return new Promise((resolve, reject) => {
    channel.onClose(() => reject(new Error("keeper: agent disconnected before it sent a configuration")));
    channel.onMessage((message) => {
      const checked = toKeeper.safeParse(message);
      if (!checked.success) return reject(new Error(`keeper: malformed message: ${objections(checked.error)}`));
      if (checked.data.kind !== "configure") return;
      channel.onMessage(null);
      resolve(checked.data.config);
    });
  });
}
