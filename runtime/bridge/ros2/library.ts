/** rclnodejs as far as the bridge uses it, loaded when first asked for; its own types need the generated messages, so these stand in for them. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AgentError } from "../../core/errors.ts";
import { checkAddon, rclnodejsFolder } from "./addon.ts";
import { readRosEnvironment } from "./environment.ts";

/** A message as rclnodejs takes and gives it: plain data, 64-bit integers as bigint, arrays of numbers as typed arrays. */
export type Message = object;

export interface RosTime {
  readonly nanoseconds: bigint;
}

export interface Publisher {
  publish(message: Message): void;
  readonly subscriptionCount: number;
}

export interface Subscription {
  readonly publisherCount: number;
}

export interface Service {
  readonly serviceName: string;
}

export interface Client {
  isServiceServerAvailable(): boolean;
  /** Rejects when no answer came in time (milliseconds). */
  sendRequestAsync(request: Message, options: { readonly timeout: number }): Promise<unknown>;
}

export interface GoalHandle {
  isAccepted(): boolean;
  isSucceeded(): boolean;
  isCanceled(): boolean;
  isAborted(): boolean;
  cancelGoal(): Promise<unknown>;
  getResult(): Promise<unknown>;
}

export interface ActionClient {
  isActionServerAvailable(): boolean;
  sendGoal(goal: Message, onFeedback?: (feedback: unknown) => void): Promise<GoalHandle>;
  destroy(): void;
}

export interface ServerGoal {
  readonly request: { toPlainObject(typedArrays: boolean): unknown };
  readonly isActive: boolean;
  readonly isCancelRequested: boolean;
  execute(): void;
  publishFeedback(feedback: Message): void;
  succeed(): void;
  abort(): void;
  canceled(): void;
}

export interface ParameterValue {
  readonly name: string;
  readonly value: unknown;
}

export interface SetParametersResult {
  readonly successful: boolean;
  readonly reason: string;
}

/** What a subscription or publisher hears of its peers; the data are rclnodejs's. */
export interface EventCallbacks {
  incompatibleQos: (event: unknown) => void;
}

export interface Node {
  name(): string;
  namespace(): string;
  now(): RosTime;
  spin(timeoutMs?: number): void;
  createPublisher(type: string, topic: string, options?: object, events?: EventCallbacks): Publisher;
  createSubscription(
    type: string,
    topic: string,
    options: object,
    callback: (message: never) => void,
    events?: EventCallbacks,
  ): Subscription;
  /** Who is known to listen to a topic; its full name. */
  countSubscribers(topic: string): number;
  /** With namespace and remaps. */
  resolveTopicName(topic: string): string;
  /** All that are known here. */
  getTopicNamesAndTypes(): readonly { readonly name: string; readonly types: readonly string[] }[];
  /** Makes the executor wait for what was created since; `createPublisher` does not do it for its events. */
  syncHandles(): void;
  createClient(type: string, name: string): Client;
  createService(
    type: string,
    name: string,
    options: object,
    callback: (request: never, response: { readonly template: Message; send(answer: Message): void }) => void,
  ): Service;
  declareParameter(parameter: ParameterValue, descriptor?: object): ParameterValue;
  getParameter(name: string): ParameterValue;
  setParameter(parameter: ParameterValue): SetParametersResult;
  addOnSetParametersCallback(callback: (parameters: readonly ParameterValue[]) => SetParametersResult): void;
  destroy(): void;
}

/** One initialisation of ROS in this process; nodes belong to it. */
export interface Context {
  readonly domainId: bigint;
  isInitialized(): boolean;
  shutdown(): void;
}

export interface NodeOptions {
  parameterOverrides: readonly ParameterValue[];
  startParameterServices: boolean;
}

export interface Rcl {
  readonly Context: new (domainId?: bigint) => Context;
  readonly NodeOptions: new () => NodeOptions;
  readonly Parameter: new (name: string, type: number, value: unknown) => ParameterValue;
  readonly ParameterDescriptor: new (name: string, type: number, description: string, readOnly: boolean, range?: object | null) => object;
  readonly FloatingPointRange: new (from: number, to: number, step: number) => object;
  readonly QoS: new (history: number, depth: number, reliability: number, durability: number) => object;
  readonly ActionClient: new (node: Node, type: string, name: string) => ActionClient;
  readonly ActionServer: new (
    node: Node,
    type: string,
    name: string,
    execute: (goal: ServerGoal) => Promise<Message>,
    onGoal: (goal: unknown) => number,
    onAccepted: ((goal: ServerGoal) => void) | null,
    onCancel: (goal: ServerGoal) => number,
  ) => { destroy(): void };
  readonly GoalResponse: { readonly ACCEPT: number; readonly REJECT: number };
  removeSignalHandlers(): void;
  readonly CancelResponse: { readonly ACCEPT: number; readonly REJECT: number };
  init(context: Context, args: readonly string[]): Promise<void>;
  createNode(
    name: string,
    namespace: string,
    context: Context,
    options: NodeOptions,
    args: readonly string[],
    useGlobalArguments: boolean,
  ): Node;
}

export interface RclEvents {
  readonly SubscriptionEventCallbacks: new () => EventCallbacks;
  readonly PublisherEventCallbacks: new () => EventCallbacks;
}

/** Both halves of the library; events are not exported from its index. */
export interface RclLibrary {
  readonly rcl: Rcl;
  readonly events: RclEvents;
}

/** Throws AgentError `bridge.missing` naming what to source, install or build; rclnodejs is imported only when its compiled part loads. */
export async function loadRcl(): Promise<RclLibrary> {
  checkAddon(readRosEnvironment(process.env));
  // By file, both from the sources: the published bundle has its own copy of the events, which it does not export and does not take from elsewhere.
  const part = async <T>(file: string): Promise<T> => (await import(pathToFileURL(join(rclnodejsFolder(), file)).href)) as T;
  try {
    const { default: rcl } = await part<{ default: Rcl }>("index.js");
    rcl.removeSignalHandlers(); // A Ctrl-C would destroy its nodes under us; they are disposed of in order, when the arm is at rest.
    return { rcl, events: await part<RclEvents>("lib/event_handler.js") };
  } catch (cause) {
    throw new AgentError(
      "bridge.missing",
      `package "rclnodejs" does not load: ${(cause as Error).message.split("\n")[0]}; run npm run ros:build in the shell where ROS 2 is sourced`,
      { cause },
    );
  }
}
