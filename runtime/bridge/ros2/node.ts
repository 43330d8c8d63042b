/** A ROS node of this process: opened with what the launch file and --ros-args say, spun, and shut down in the order that rclnodejs needs. */
import { AgentError } from "../../core/errors.ts";
import type { RosNodeConfig } from "./config.ts";
import { type Context, loadRcl, type Message, type Node, type Publisher, type RclLibrary } from "./library.ts";
import { onMismatch, type QosName, qosOptions } from "./qos.ts";

export interface RosNodeOptions {
  readonly config: RosNodeConfig;
  /** Appended to the node's name. */
  readonly suffix?: string;
  /** Sentences for people: peers whose QoS does not fit. */
  readonly warn: (text: string) => void;
}

/** Sets up subscriptions and publishers with QoS that fits and warns; disposing it shuts ROS down in this process's context. */
export interface RosNode extends AsyncDisposable {
  readonly library: RclLibrary;
  readonly node: Node;
  subscribe<T extends Message>(
    type: string,
    topic: string,
    qos: QosName,
    onMessage: (message: T) => void,
  ): { readonly publisherCount: number };
  advertise(type: string, topic: string, qos: QosName): Publisher;
  /** Run before shutdown, last added first: timers, action clients and servers. */
  onDispose(release: () => void): void;
}

const DISCOVERY = { localhost: "LOCALHOST", subnet: "SUBNET", off: "OFF" } as const;

/** Throws AgentError `bridge.missing` without ROS, `launch.invalid` when ROS does not take the arguments. */
export async function openRosNode(options: RosNodeOptions): Promise<RosNode> {
  const { config, warn } = options;
  if (config.discovery !== "environment") process.env["ROS_AUTOMATIC_DISCOVERY_RANGE"] = DISCOVERY[config.discovery];
  const library = await loadRcl();
  const { rcl } = library;
  const context = config.domainId === null ? new rcl.Context() : new rcl.Context(BigInt(config.domainId));
  const node = await createNode(options, library, context);
  const releases: (() => void)[] = [];
  let isDisposed = false;
  const guarded =
    <T extends Message>(onMessage: (message: T) => void) =>
    (message: never): void => {
      if (!isDisposed) onMessage(message);
    };
  node.spin();
  return {
    library,
    node,
    subscribe: (type, topic, qos, onMessage) =>
      node.createSubscription(
        type,
        topic,
        qosOptions(library, qos),
        guarded(onMessage),
        onMismatch(library, { topic, side: "subscription", name: qos }, warn),
      ),
    advertise(type, topic, qos) {
      const events = onMismatch(library, { topic, side: "publisher", name: qos }, warn);
      const publisher = node.createPublisher(type, topic, qosOptions(library, qos), events);
      node.syncHandles();
      return publisher;
    },
    onDispose: (release) => void releases.unshift(release),
    async [Symbol.asyncDispose]() {
      if (isDisposed) return;
      isDisposed = true;
      // A live timer or action that uses the node while it is being destroyed crashes the process.
      for (const release of releases) release();
      if (context.isInitialized()) context.shutdown();
    },
  };
}

async function createNode({ config, suffix = "" }: RosNodeOptions, { rcl }: RclLibrary, context: Context): Promise<Node> {
  const options = new rcl.NodeOptions();
  options.startParameterServices = true;
  try {
    await rcl.init(context, rosArguments(config, suffix));
    const name = `${config.name}${suffix}`;
    return rcl.createNode(name, config.namespace, context, options, [], true);
  } catch (cause) {
    if (context.isInitialized()) context.shutdown();
    throw new AgentError(
      "launch.invalid",
      `ROS 2 does not start: ${(cause as Error).message.split("\n")[0]}; look at backend.node and --ros-args`,
      {
        cause,
      },
    );
  }
}

/** The launch file's remaps and arguments as a command line; a node renamed by __node keeps the suffix of its process. */
export function rosArguments({ remap, rosArgs, useSimTime }: RosNodeConfig, suffix: string): readonly string[] {
  const remaps = Object.entries(remap).flatMap(([from, to]) => remapArguments(`${from}:=${to}`));
  const own = rosArgs.flatMap((argument, index) => {
    if (argument === "-r" || argument === "--remap") return [];
    const before = rosArgs[index - 1];
    if (before !== "-r" && before !== "--remap") return [argument];
    return remapArguments(argument.replace(/^(__node:=\S+)$/, `$1${suffix}`));
  });
  const simTime = useSimTime ? ["-p", "use_sim_time:=true"] : [];
  return ["--ros-args", ...simTime, ...remaps, ...own];
}

/** ROS renames the parts of an action one by one, not the action: whoever names an action means all of them. */
const ACTION_PARTS = ["send_goal", "get_result", "cancel_goal", "feedback", "status"];

function remapArguments(rule: string): readonly string[] {
  const [from = "", to = ""] = rule.split(":=");
  const parts = from.includes("__") ? [] : ACTION_PARTS.map((part) => `${from}/_action/${part}:=${to}/_action/${part}`);
  return [rule, ...parts].flatMap((each) => ["-r", each]);
}
