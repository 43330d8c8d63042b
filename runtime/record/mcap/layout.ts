/** Numbers, names and schemas of the channels, as an MCAP file has them. */
import type { McapTypes } from "@mcap/core";
import { schemaOf } from "../channels/schemas.ts";
import type { Channel } from "../channels/table.ts";

/** Plain data: it goes to the recorder's thread. */
export interface Layout {
  readonly schemas: readonly McapTypes.Schema[];
  readonly channels: readonly (McapTypes.Channel & { readonly isKept: boolean })[];
}

export function layoutOf(channels: readonly Channel[]): Layout {
  const names = [...new Set(channels.map(({ schema }) => schema))];
  const utf8 = new TextEncoder();
  return {
    schemas: names.map((name, index) => ({
      id: index + 1,
      name,
      encoding: "jsonschema",
      data: utf8.encode(JSON.stringify(schemaOf(name))),
    })),
    channels: channels.map(({ topic, schema, about, isKept = false }, index) => ({
      id: index + 1,
      schemaId: names.indexOf(schema) + 1,
      topic,
      messageEncoding: "json",
      metadata: new Map([["about", about]]),
      isKept,
    })),
  };
}
