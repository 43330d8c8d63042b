/** A real mosquitto on loopback: a listener with client certificates, one with passwords, our own rules; it can be killed and started again. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { until } from "../helpers/until.ts";
import type { Certificates } from "./certificates.ts";

export const PASSWORD = "a-password-of-the-broker";
const PROGRAM = "/usr/sbin/mosquitto";

/** Why the tests of mosquitto cannot run, or false. */
export const noMosquitto: string | false = existsSync(PROGRAM) ? false : "mosquitto is not installed: apt-get install mosquitto";

export interface Mosquitto extends AsyncDisposable {
  /** Client certificates are required, and are the user's name. */
  readonly tlsPort: number;
  /** User name and password. */
  readonly plainPort: number;
  /** As kill -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A port that was free may be taken by anybody before the broker has it: tried again, with others. */
const TRIES = 5;

export async function openMosquitto(certificates: Certificates, users: readonly string[]): Promise<Mosquitto> {
  for (let tries = 1; ; tries++) {
    const broker = mosquittoOn(certificates, users, await freePorts());
    try {
      await broker.start();
      return broker;
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      if (tries >= TRIES) throw error;
    }
  }
}

function mosquittoOn({ folder }: Certificates, users: readonly string[], [tlsPort, plainPort]: readonly [number, number]): Mosquitto {
  const at = (file: string): string => join(folder, file);
  mkdirSync(at("kept"), { recursive: true });
  copyFileSync(join(packageRoot, "runtime/bridge/mqtt/mosquitto.acl"), at("rules.acl"));
  writeFileSync(at("passwords"), "");
  for (const user of users) execFileSync("mosquitto_passwd", ["-b", at("passwords"), user, PASSWORD], { stdio: "ignore" });
  writeFileSync(
    at("mosquitto.conf"),
    `user root
per_listener_settings true
persistence true
persistence_location ${at("kept")}/
autosave_on_changes true
autosave_interval 1
log_dest none

listener ${tlsPort} 127.0.0.1
cafile ${at("ca.pem")}
certfile ${at("server.pem")}
keyfile ${at("server.key")}
require_certificate true
use_identity_as_username true
acl_file ${at("rules.acl")}

listener ${plainPort} 127.0.0.1
allow_anonymous false
password_file ${at("passwords")}
acl_file ${at("rules.acl")}
`,
  );
  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await ended;
  };
  return {
    tlsPort,
    plainPort,
    kill: () => end("SIGKILL"),
    async start() {
      const starting = spawn(PROGRAM, ["-c", at("mosquitto.conf")], { stdio: "ignore" });
      child = starting;
      await until("mosquitto takes connections", () => {
        if (starting.exitCode !== null) throw new Error(`mosquitto did not start (exit ${starting.exitCode})`);
        return canConnect(plainPort);
      });
    },
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Two that differ: both are held until both are known. */
async function freePorts(): Promise<readonly [number, number]> {
  const [one, other] = [await holdPort(), await holdPort()];
  await Promise.all([one.release(), other.release()]);
  return [one.port, other.port];
}

export async function freePort(): Promise<number> {
  const { port, release } = await holdPort();
  await release();
  return port;
}

function holdPort(): Promise<{ readonly port: number; release(): Promise<void> }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const release = () => new Promise<void>((closed) => server.close(() => closed()));
      resolve({ port: typeof address === "object" && address ? address.port : 0, release });
    });
  });
}
