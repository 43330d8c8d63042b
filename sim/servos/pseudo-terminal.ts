/** A serial port of this machine that no hardware hangs on: a pseudo-terminal, whose other end is ours. By the optional package @lydell/node-pty, loaded when first needed. */
import { spawnSync } from "node:child_process";
import { closeSync, lstatSync, readlinkSync, symlinkSync, unlinkSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { BytePort } from "../../runtime/bridge/servos/byte-port.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { FileFault, faultOf } from "../../runtime/core/file-fault.ts";

/** What of the package is used: its compiled part, which opens a pair without a child process. */
interface PtyBinary {
  open(columns: number, rows: number): { readonly master: number; readonly slave: number; readonly pty: string };
}

export interface PseudoTerminal extends BytePort {
  /** What others open: /dev/pts/N. */
  readonly path: string;
}

/** Resolves when others can open it; `link` is a name for it that stays the same. Throws AgentError `bridge.missing` where this machine has none, `launch.invalid` for a name that is taken. */
export async function openPseudoTerminal(link?: string): Promise<PseudoTerminal> {
  const { open } = await loadBinary();
  const { master, slave, pty: path } = open(80, 24);
  // Nothing is echoed or changed before somebody opens it and says the same. Held open, so that whoever leaves can come back.
  spawnSync("stty", ["-F", path, "raw", "-echo"]);
  if (link !== undefined) putLink(path, link);
  const stream = new ReadStream(master);
  let isOpen = true;
  let onClosed: (why: string) => void = () => {};
  stream.on("error", ({ message }) => isOpen && onClosed(message));
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
      if (link !== undefined && targetOf(link) === path) unlinkSync(link);
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

/** What a pseudo-terminal is called, on Linux and on macOS. */
const PSEUDO_TERMINAL = /^\/dev\/(pts\/|ttys)\d+$/;

/** A name that a virtual arm left behind is replaced: never a link to a real port, nor a file. */
function putLink(path: string, link: string): void {
  try {
    if (lstatSync(link, { throwIfNoEntry: false })) {
      if (!PSEUDO_TERMINAL.test(targetOf(link) ?? "")) throw new FileFault("something else is there, and it is left as it is");
      unlinkSync(link);
    }
    symlinkSync(path, link);
  } catch (cause) {
    throw new AgentError("launch.invalid", `--port ${link}: ${faultOf(cause)}; choose another name`, { cause });
  }
}

/** Where a link leads; null for what is none. */
function targetOf(link: string): string | null {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : null;
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
