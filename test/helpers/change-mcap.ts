/** Copies a recording with some of its messages changed, written by the official MCAP library. */
import { writeFileSync } from "node:fs";
import { McapWriter } from "@mcap/core";
import { type Entry, entriesOf } from "../../runtime/record/mcap/read.ts";
import { loadZstd } from "../../runtime/record/mcap/zstd.ts";

/** `change` gives the message as it should be, or null to leave it out. */
export async function changeMcap(
  from: string,
  to: string,
  change: (entry: Entry, index: number) => Uint8Array | null | Promise<Uint8Array | null>,
) {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const writable = {
    write: async (buffer: Uint8Array) => {
      parts.push(buffer.slice());
      bytes += buffer.length;
    },
    position: () => BigInt(bytes),
  };
  const writer = new McapWriter({ writable });
  await writer.start({ profile: "", library: "test" });
  const ids = new Map<string, number>();
  let index = 0;
  for (const entry of entriesOf(from, await loadZstd())) {
    const data = await change(entry, index++);
    if (data === null) continue;
    const { topic, schema, receivedNs, stampNs } = entry;
    if (!ids.has(topic)) {
      const schemaId = await writer.registerSchema({ name: schema, encoding: "jsonschema", data: new TextEncoder().encode("{}") });
      ids.set(topic, await writer.registerChannel({ topic, schemaId, messageEncoding: "json", metadata: new Map() }));
    }
    await writer.addMessage({ channelId: ids.get(topic)!, sequence: index, logTime: receivedNs, publishTime: stampNs, data });
  }
  await writer.end();
  writeFileSync(to, Buffer.concat(parts));
}
