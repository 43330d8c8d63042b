/** A folder for what a process makes and sends away; what processes of this computer left there that were killed goes with the next one. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isGone } from "../../runtime/core/is-gone.ts";

export interface Scratch extends Disposable {
  readonly path: string;
}

/** `purpose` is a word for its name. */
export function openScratch(purpose: string): Scratch {
  const ours = `${purpose}-${hostname()}-`;
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(ours) ? /^(\d+)-\w{6}$/.exec(name.slice(ours.length))?.[1] : undefined;
    if (pid && isGone(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const path = mkdtempSync(join(tmpdir(), `${ours}${process.pid}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
