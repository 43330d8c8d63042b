/** `foresight gazebo echo`: the messages of one topic as JSON lines. */
import type { JsonValue } from "@bufbuild/protobuf";
import { isMessageName, loadCodec, splitTypeName } from "../../../runtime/bridge/gazebo/messages.ts";
import { clock, type GazeboPlace, openNodeAt } from "./open-node.ts";

export interface EchoOptions {
  /** Null: until the signal aborts. */
  readonly count: number | null;
  readonly timeoutMs: number | null;
  say(line: string): void;
  /** What is odd, for the person, not for a pipe. */
  hint(line: string): void;
  readonly signal: AbortSignal;
}

/** Values longer than this are told by their length: pictures. */
const TEXT_CHARS_MAX = 200;
const FIRST_WITHIN_MS = 3000;

/** Returns how many messages were printed. */
export async function echo(place: GazeboPlace, topic: string, { count, timeoutMs, say, hint, signal }: EchoOptions): Promise<number> {
  const codec = await loadCodec();
  await using node = await openNodeAt(place, ({ message }) => hint(`warning: ${message}`));
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  let printed = 0;
  using subscription = node.subscribeRaw(topic, (type, bytes) => {
    if (ended.aborted) return;
    const name = splitTypeName(type)?.name;
    if (name && isMessageName(name)) say(JSON.stringify(codec.toJson(name, bytes), shorten));
    else say(JSON.stringify({ type, bytes: bytes.length, note: "not a type that this client reads" }));
    printed++;
    if (printed === count) done.abort();
  });
  const quiet = (ms: number): Promise<void> => clock.sleep(ms, ended).catch(() => {});
  const firstMs = timeoutMs === null ? FIRST_WITHIN_MS : Math.min(FIRST_WITHIN_MS, timeoutMs);
  await quiet(firstMs);
  if (printed === 0 && !ended.aborted) hint(`nothing yet on "${topic}": ${whyQuiet(subscription.publisherCount, node)}`);
  await (timeoutMs === null ? new Promise<void>((resolve) => whenAborted(ended, resolve)) : quiet(timeoutMs - firstMs));
  return printed;
}

function whyQuiet(publishers: number, node: Awaited<ReturnType<typeof openNodeAt>>): string {
  if (publishers > 0) return "somebody publishes it but has sent nothing; is the world paused?";
  const mine = node.topics().filter(({ partition }) => partition === node.partition);
  return mine.length > 0 ? "nobody publishes it; `foresight gazebo topics` lists what there is" : node.explainNobody();
}

function whenAborted(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener("abort", call, { once: true });
}

const shorten = (_key: string, value: JsonValue): JsonValue =>
  typeof value === "string" && value.length > TEXT_CHARS_MAX ? `${value.slice(0, 24)}... (${value.length} characters)` : value;
