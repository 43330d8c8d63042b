/** The agent on Foxglove: a tap that shows the channel table's messages to whoever listens, and one more commander at the desk. */
import type { Clock } from "../../core/clock.ts";
import type { AgeLimits, Desk, ToolLimits } from "../../core/desk.ts";
import { RECORDING_WISHES } from "../../core/recording.ts";
import { checkToken, newToken } from "../../core/secret.ts";
import { OPERATOR_COMMANDS } from "../../core/supervision.ts";
import type { Tap } from "../../core/tap.ts";
import type { Message, News, RunFacts } from "../../record/channels/message.ts";
import { messagesOf } from "../../record/channels/messages-of.ts";
import { schemaOf } from "../../record/channels/schemas.ts";
import { CHANNELS, channelsOf } from "../../record/channels/table.ts";
import { newsTap } from "../../record/news-tap.ts";
import { createAssets, type RobotFolder } from "./assets.ts";
import type { Dated, Order } from "./conversation.ts";
import { createParameters, type Fact } from "./parameters.ts";
import { type FoxgloveServerOptions, openFoxgloveServer } from "./server.ts";

/** `foxglove` of a launch file. */
export interface FoxgloveConfig extends Pick<FoxgloveServerOptions, "host" | "port" | "origins"> {
  /** Needed for commands, 16 to 256 printable ASCII characters; a fresh random one when absent. */
  readonly token?: string | undefined;
}

export interface FoxgloveOptions extends Pick<FoxgloveServerOptions, "sessionId" | "stopwatch" | "say"> {
  readonly config: FoxgloveConfig;
  readonly desk: Pick<Desk, "command" | "urgent" | "record" | "leave" | "limitSpeed" | "limitTool" | "limitAges">;
  /** Names of the tasks that wait to be called. */
  readonly urgent: readonly string[];
  readonly run: RunFacts;
  /** The robot's: messages are stamped with it, and clients are told its time. */
  readonly clock: Clock;
  /** As the launch file says. */
  readonly limits: AgeLimits & ToolLimits;
  /** What clients may read beside, by name. */
  readonly facts: Readonly<Record<string, Fact>>;
  readonly folder: RobotFolder;
}

const WHO = "foxglove";
/** News whose messages are kept for whoever comes later: they are told once, or on change. */
const KEPT: ReadonlySet<News["kind"]> = new Set(["begin", "goal", "state"]);
/** Clients are told the time at most this often, of the robot's own time. */
const TIME_EVERY_NS = 50_000_000n;

/** Null for a picture that is none: the senses tell of it, and nothing is shown here. */
async function dated({ receivedNs, data, picture }: Message): Promise<Dated | null> {
  try {
    return { stampNs: receivedNs, data: await data() };
  } catch (error) {
    if (!picture) throw error;
    return null;
  }
}

/** Throws AgentError `bridge.failed` when the port cannot be had, `launch.invalid` for a token that cannot be. */
export async function openFoxgloveBridge(options: FoxgloveOptions): Promise<Tap> {
  const { config, desk, run, clock, say } = options;
  const token = checkToken("foxglove.token", config.token ?? newToken());
  const kept = new Map<string, Message>();
  const server = await openFoxgloveServer({
    ...options,
    ...config,
    token,
    name: `Foresight: ${run.robot}`,
    channels: channelsOf(run)
      .filter(({ topic }) => topic !== CHANNELS.end.topic)
      .map(({ topic, schema }) => ({ topic, schemaName: schema, schema: JSON.stringify(schemaOf(schema)) })),
    parameters: createParameters({ ...options, who: WHO }),
    fetchAsset: createAssets(options.folder),
    newest: async (topic) => {
      const message = kept.get(topic);
      return message ? dated(message) : null;
    },
    orders: new Map<string, Order>([
      ...OPERATOR_COMMANDS.map((command) => [command, () => desk.command(WHO, command)] as const),
      ...options.urgent.map((name) => [`urgent/${name}`, () => desk.urgent(WHO, name)] as const),
      ...RECORDING_WISHES.map((wish) => [`record/${wish}`, () => desk.record(WHO, wish)] as const),
    ]),
    playback: null,
    onCommandersGone: () => desk.leave(WHO),
  });
  say(`${server.url}/?token=${encodeURIComponent(token)}`);

  let toldNs: bigint | null = null;
  const tellTime = (nowNs: bigint): void => {
    if (toldNs !== null && nowNs - toldNs < TIME_EVERY_NS) return;
    toldNs = nowNs;
    server.tellTime(nowNs);
  };
  const show = async (messages: readonly Message[]): Promise<void> => {
    for (const message of messages) {
      const made = await dated(message);
      if (made) server.send(message.topic, made);
    }
  };
  const tell = (news: News): Promise<void> | undefined => {
    tellTime(news.atNs);
    const isKept = KEPT.has(news.kind);
    if (!isKept && server.clientCount === 0) return undefined;
    const messages = messagesOf(news, { facts: run, pictures: "jpeg" });
    if (isKept) for (const message of messages) kept.set(message.topic, message);
    const heard = messages.filter(({ topic }) => server.isHeard(topic));
    return heard.length > 0 ? show(heard) : undefined; // A promise: the next news waits, so that all come in order.
  };
  tell({ kind: "begin", what: run, atNs: clock.nowNs() });
  return {
    name: "foxglove",
    ...newsTap(clock, tell),
    async close() {
      if (server.missed > 0) say(`clients that read too slowly missed ${server.missed} messages`);
      await server[Symbol.asyncDispose]();
    },
  };
}
