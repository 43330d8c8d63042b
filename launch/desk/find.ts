/** `foresight find`: the serial ports and cameras of this computer by names that stay, and which servos answer on a port. Nothing is changed. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import { loadSerialPackage, openSerialPort } from "../../runtime/bridge/feetech/serial-port.ts";
import type { ServoBus, ServoIdentity } from "../../runtime/bridge/servos/servo-bus.ts";
import type { Clock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";

export interface FoundPort {
  readonly port: string;
  readonly maker: string | null;
  readonly servos: readonly ServoIdentity[];
  /** Why it could not be asked, or null. */
  readonly why: string | null;
}

/** Numbers that an arm's servos have; a new one has 1. */
const LIKELY_IDS: readonly number[] = Array.from({ length: 20 }, (_, index) => index + 1);
/** For adapters that hold bytes back. */
const PATIENT_MS = 20;
const BY_ID = { ports: "/dev/serial/by-id", cameras: "/dev/v4l/by-id" } as const;

/** Those of the ports named, or all that hang on USB. */
export async function findPorts(named: readonly string[], clock: Clock): Promise<readonly FoundPort[]> {
  const { SerialPort } = await loadSerialPackage();
  const listed = named.length > 0 ? [] : (await SerialPort.list()).filter(({ vendorId }) => vendorId);
  const ports = [...named.map((path) => ({ path, manufacturer: undefined })), ...listed];
  const found: FoundPort[] = [];
  for (const { path, manufacturer } of ports) {
    const known = { port: stableName(path), maker: manufacturer ?? null };
    try {
      await using bus = createFeetechBus({ port: await openSerialPort(path), clock, answerMs: PATIENT_MS });
      found.push({ ...known, servos: await servosOn(bus), why: null });
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      found.push({ ...known, servos: [], why: error.message });
    }
  }
  return found;
}

export async function servosOn(bus: ServoBus): Promise<readonly ServoIdentity[]> {
  const found: ServoIdentity[] = [];
  for (const id of LIKELY_IDS) {
    const servo = await bus.identify(id);
    if (servo) found.push(servo);
  }
  return found;
}

/** Cameras by names that stay when another one is plugged in; Linux only. */
export const findCameras = (): readonly string[] =>
  existsSync(BY_ID.cameras) ? readdirSync(BY_ID.cameras).map((name) => join(BY_ID.cameras, name)) : [];

export function printFound(ports: readonly FoundPort[], cameras: readonly string[]): string {
  const ofPort = ({ port, maker, servos, why }: FoundPort): string => {
    const who = servos.map(({ id, modelName, firmware }) => `${id} (${modelName}, firmware ${firmware})`).join(", ");
    return `${port}${maker ? `  ${maker}` : ""}\n  ${why ?? (who ? `servos ${who}` : `no servo with a number from 1 to ${LIKELY_IDS.length} answers; is the arm's own power on?`)}`;
  };
  return [
    ports.length > 0 ? ports.map(ofPort).join("\n") : "no serial port hangs on USB; plug the arm in, or name its port",
    cameras.length > 0 ? `cameras:\n${cameras.map((name) => `  ${name}`).join("\n")}` : `no camera in ${BY_ID.cameras}`,
  ].join("\n");
}

/** By id where the system has one. */
function stableName(path: string): string {
  if (!existsSync(BY_ID.ports)) return path;
  const names = readdirSync(BY_ID.ports).map((name) => join(BY_ID.ports, name));
  return names.find((name) => realpathSync(name) === realpathSync(path)) ?? path;
}
