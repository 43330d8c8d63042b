/** A serial port of this machine that no hardware hangs on: a pseudo-terminal, whose other end is ours. By the optional package @lydell/node-pty, loaded when first needed. */
import { spawnSync } from "node:child_process";
import { closeSync, lstatSync, symlinkSync, unlinkSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { BytePort } from "../../runtime/bridge/servos/byte-port.ts";
import { AgentError } from "../../runtime/core/errors.ts";

/** What of the package is used: its compiled part, which opens a pair without a child process. */
interface PtyBinary {
  open(columns: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
}

export interface PseudoTerminal extends BytePort {
  /** What others open: /dev/pts/N. */
  readonly path: string;
}

/** Resolves when others can open it; `link` is a name for it that stays the same. Throws AgentError `bridge.missing` where this machine has none. */
export async function openPseudoTerminal(link?: string): Promise<PseudoTerminal> {
  const { open } = await loadBinary();
  const { master, slave, pty: path } = open(80, 24);
  // Nothing is echoed or changed before somebody opens it and says the same. Held open, so that whoever leaves can come back.
  spawnSync("stty", ["-F", path, "raw", "-echo"]);
  const stream = new ReadStream(master);
  let isOpen = true;
  let onClosed: (why: string) => void = () => {};
  stream.on("error", ({ message }) => isOpen && onClosed(message));
  if (link !== undefined) replaceLink(path, link);
  return {
    name: link ?? path,
    path,
    write(bytes) {
      if (isOpen) writeAll(master, bytes);
    },
    onBytes: (listener) => void stream.on("data", listener),
    onClosed(listener) {
      onClosed = listener;
    },
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      stream.destroy();
      closeSync(slave);
      if (link !== undefined) unlinkSync(link);
    },
  };
}

/** A terminal that nobody reads is full at some time: what does not fit is lost, as on a wire. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  try {
    writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
}

/** Only a link is replaced: never a file, nor a port. */
function replaceLink(path: string, link: string): void {
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there && !there.isSymbolicLink())
    throw new AgentError("launch.invalid", `--port ${link}: something else is there; choose another name`);
  if (there) unlinkSync(link);
  symlinkSync(path, link);
}

async function loadBinary(): Promise<PtyBinary> {
  try {
    const { requireBinary } = (await import("@lydell/node-pty/requireBinary.js" as string)) as { requireBinary(name: string): PtyBinary };
    return requireBinary("pty");
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new AgentError("bridge.missing", `package @lydell/node-pty: it cannot be loaded (${why}); npm install @lydell/node-pty`);
  }
}
