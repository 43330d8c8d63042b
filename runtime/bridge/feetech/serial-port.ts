/** The serial port of this machine that a bus hangs on, by the optional package `serialport`, which is loaded when first needed. */
import { AgentError } from "../../core/errors.ts";
import type { BytePort } from "../servos/byte-port.ts";

const BAUD_RATE = 1_000_000;

type SerialPackage = typeof import("serialport");

export async function loadSerialPackage(): Promise<SerialPackage> {
  try {
    return await import("serialport");
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new AgentError("bridge.missing", `package serialport: it cannot be loaded (${why}); npm install serialport`);
  }
}

/** Resolves when the port is open and ours alone. Throws AgentError `bridge.failed` naming the port and the remedy, with the ports that are there. */
export async function openSerialPort(path: string): Promise<BytePort> {
  const { SerialPort } = await loadSerialPackage();
  const port = await new Promise<InstanceType<SerialPackage["SerialPort"]>>((resolve, reject) => {
    const opening = new SerialPort({ path, baudRate: BAUD_RATE, lock: true, autoOpen: false });
    opening.open((error) => (error ? reject(error) : resolve(opening)));
  }).catch(async (error: Error) => {
    throw new AgentError("bridge.failed", `port ${path}: ${remedyOf(error.message)}; ${await portsThere()}`);
  });
  let isOurs = true;
  let onClosed: (why: string) => void = () => {};
  const end = (why: string): void => {
    if (!isOurs) return;
    isOurs = false;
    onClosed(why);
  };
  port.on("error", (error) => end(error.message));
  port.on("close", () => end("it was unplugged"));
  return {
    name: path,
    write: (bytes) => void port.write(Buffer.from(bytes)),
    onBytes: (listener) => void port.on("data", listener),
    onClosed(listener) {
      onClosed = listener;
    },
    async [Symbol.asyncDispose]() {
      isOurs = false;
      if (!port.isOpen) return;
      await new Promise<void>((resolve) => port.drain(() => port.close(() => resolve())));
    },
  };
}

/** What the system says, and what a person can do about it. */
function remedyOf(message: string): string {
  if (/lock|temporarily unavailable|Access denied|EBUSY|busy/i.test(message))
    return `another program has it (${message}); end that first, two would mix their words on one wire`;
  if (/permission|EACCES/i.test(message))
    return `this user may not open it (${message}); sudo usermod -aG dialout $USER, then log in again`;
  if (/no such file|ENOENT|cannot find/i.test(message)) return `it is not there (${message}); plug it in, or look with foresight find`;
  return message;
}

/** The ports of this machine in words. */
async function portsThere(): Promise<string> {
  const { SerialPort } = await loadSerialPackage();
  const ports = await SerialPort.list().catch(() => []);
  const names = ports
    .filter(({ vendorId }) => vendorId)
    .map(({ path, manufacturer }) => `${path}${manufacturer ? ` (${manufacturer})` : ""}`);
  return names.length > 0 ? `ports here: ${names.join(", ")}` : "no USB port is here";
}
