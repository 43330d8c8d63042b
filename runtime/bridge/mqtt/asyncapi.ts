/** The AsyncAPI document of the protocol, made from the topic table; the messages are the JSON Schemas beside it. */
import { commandSchemas } from "./commands.ts";
import { messageSchemas } from "./messages.ts";
import { PROTOCOL_VERSION, TOPICS, type TopicName, type TopicSpec, topicOf } from "./topics.ts";

/** By topic: what is sent there. */
export const payloadSchemas = { ...messageSchemas, ...commandSchemas } as const satisfies Readonly<Record<TopicName, unknown>>;

export const schemaFile = (name: TopicName): string => `${name}.schema.json`;

const names = Object.keys(TOPICS) as TopicName[];
const ref = (to: string) => ({ $ref: `#/${to}` });
const byName = <T>(make: (name: TopicName, spec: TopicSpec) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, make(name, TOPICS[name])]));

/** Of AsyncAPI 3.0.0, as seen by the robot: it sends what it tells and receives what it is told. */
export const asyncApiDocument: object = {
  asyncapi: "3.0.0",
  info: {
    title: "Foresight over MQTT",
    version: PROTOCOL_VERSION,
    description: "A robot arm tells its state and takes orders, after VDA 5050. runtime/bridge/mqtt/README.md says what the words mean.",
    license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
  },
  defaultContentType: "application/json",
  servers: {
    embedded: {
      host: "127.0.0.1:1883",
      protocol: "mqtt",
      protocolVersion: "3.1.1",
      description: "The agent's own broker, on loopback; the password is the commander's token",
      security: [ref("components/securitySchemes/password")],
    },
    external: {
      host: "{host}:8883",
      protocol: "secure-mqtt",
      description: "Any broker, MQTT 5 or 3.1.1",
      variables: { host: { description: "mqtt.broker.url of the launch file", default: "localhost" } },
      security: [ref("components/securitySchemes/password"), ref("components/securitySchemes/certificate")],
    },
  },
  channels: byName((name, { about }) => ({
    address: topicOf({ site: "{site}", robot: "{robot}" }, name),
    description: about,
    parameters: { site: { description: "mqtt.site of the launch file" }, robot: { description: "mqtt.robot of the launch file" } },
    messages: { [name]: ref(`components/messages/${name}`) },
  })),
  operations: byName((name, { writer, qos, retain }) => ({
    action: writer === "robot" ? "send" : "receive",
    channel: ref(`channels/${name}`),
    messages: [ref(`channels/${name}/messages/${name}`)],
    bindings: { mqtt: { qos, retain, bindingVersion: "0.2.0" } },
    ...(writer === "fleet" ? { reply: { channel: ref("channels/responses") } } : {}),
  })),
  components: {
    messages: byName((name, { about }) => ({
      name,
      summary: about,
      payload: { schemaFormat: "application/schema+json;version=draft-07", schema: { $ref: `./${schemaFile(name)}` } },
      ...(name === "responses" ? { correlationId: { description: "Of the command", location: "$message.payload#/id" } } : {}),
    })),
    securitySchemes: {
      password: { type: "userPassword", description: "User name and password of the broker" },
      certificate: { type: "X509", description: "A certificate that the broker knows" },
    },
  },
};
