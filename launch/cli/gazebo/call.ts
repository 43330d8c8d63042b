/** `foresight gazebo call`: one service call, its types learned from who offers it. */
import type { JsonValue } from "@bufbuild/protobuf";
import type { MessageName } from "../../../runtime/bridge/gazebo/message-types.ts";
import { isMessageName, loadCodec, splitTypeName } from "../../../runtime/bridge/gazebo/messages.ts";
import { splitWireName, wireName } from "../../../runtime/bridge/gazebo/names.ts";
import type { GazeboNode, OfferedService } from "../../../runtime/bridge/gazebo/node.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { parseJson } from "../../../runtime/core/json.ts";
import { clock, type GazeboPlace, openNodeAt } from "./open-node.ts";

export interface CallOptions {
  readonly service: string;
  /** JSON. */
  readonly request: string;
  readonly timeoutMs: number;
}

const LOOK_EVERY_MS = 20;

/** The answer as JSON text. Throws AgentError `bridge.timeout`, `bridge.refused`, `bridge.mismatch`, `launch.invalid`. */
export async function call(place: GazeboPlace, { service, request, timeoutMs }: CallOptions): Promise<string> {
  const [codec, json] = [await loadCodec(), parse(request)];
  await using node = await openNodeAt(place, ({ message }) => console.error(`warning: ${message}`));
  const deadlineNs = clock.nowNs() + BigInt(timeoutMs) * 1_000_000n;
  const offered = await find(node, service, deadlineNs);
  if (!offered) {
    const mine = node.services().filter(({ partition }) => partition === node.partition);
    const why = mine.length > 0 ? "`foresight gazebo topics` lists what there is" : node.explainNobody();
    throw new AgentError(
      "bridge.timeout",
      `service "${service}" is not offered in partition "${node.partition}" (waited ${timeoutMs} ms); ${why}`,
    );
  }
  const requestType = readable(service, offered.requestType);
  const responseType = readable(service, offered.responseType);
  const leftMs = Math.max(1, Number((deadlineNs - clock.nowNs()) / 1_000_000n));
  const bytes = codec.fromJson(requestType, json);
  const answer = await node.requestRaw({ service, requestType, responseType, request: bytes, timeoutMs: leftMs });
  return JSON.stringify(codec.toJson(responseType, answer), null, 2);
}

async function find(node: GazeboNode, service: string, deadlineNs: bigint): Promise<OfferedService | undefined> {
  const name = splitWireName(wireName(node.partition, service))?.name;
  for (;;) {
    const offered = node.services().find((it) => it.name === name && it.partition === node.partition);
    if (offered || clock.nowNs() >= deadlineNs) return offered;
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function readable(service: string, type: string): MessageName {
  const name = splitTypeName(type)?.name;
  if (name && isMessageName(name)) return name;
  throw new AgentError(
    "bridge.mismatch",
    `service "${service}" uses ${type}, which is not a type that this client knows; call it with Gazebo's own ign service`,
  );
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text) as JsonValue;
  } catch (cause) {
    throw new AgentError("launch.invalid", `the request is no JSON: ${(cause as Error).message}; give it as '{"field": value}'`, { cause });
  }
}
