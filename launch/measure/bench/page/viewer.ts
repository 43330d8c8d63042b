/** Somebody who looks at a page, in a process of its own: loads every file once, then reads the socket for as long as it is there. Arguments: host, port, paths. */
import { request } from "node:http";
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";

const [hostname = "", port = "", ...paths] = process.argv.slice(2);

/** What a first load is. */
export interface Loaded {
  readonly files: number;
  readonly bytes: number;
  /** One file after another, from the first request to the last byte. */
  readonly tookMs: number;
}

async function load(): Promise<Loaded> {
  const clock = new SystemClock();
  const startNs = clock.nowNs();
  let bytes = 0;
  for (const path of paths) bytes += (await (await fetch(`http://${hostname}:${port}${path}`)).arrayBuffer()).byteLength;
  return { files: paths.length, bytes, tookMs: nsToMs(clock.nowNs() - startNs) };
}

function look(): void {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
  };
  const asked = request({ hostname, port, path: "/live", headers });
  asked.on("upgrade", (_, socket) => socket.resume().on("close", () => process.exit(0)));
  asked.end();
}

process.send?.(await load());
look();
process.on("disconnect", () => process.exit(0));
