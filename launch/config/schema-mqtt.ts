/** The fleet interface in a launch file: which broker, who may command, what a lost link means. */
import * as z from "zod";
import { about, ENV_REFERENCE, pemFile } from "./schema-terms.ts";

const level = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "1 to 64 letters, digits, dots, dashes and underscores");
const embedded = z
  .strictObject({
    kind: z
      .literal("embedded")
      .default("embedded")
      .meta(about("A broker of its own, on loopback; the password of a commander is its token. MQTT 3.1.1")),
    host: z.enum(["127.0.0.1", "::1", "localhost"]).default("127.0.0.1").meta(about("Loopback only; take an external broker for others")),
    port: z.int().min(0).max(65_535).default(1883).meta(about("TCP port, 0 for any free one")),
  })
  .meta(about("A broker inside this process"));

const external = z
  .strictObject({
    kind: z.literal("external").meta(about("Any broker, such as mosquitto")),
    url: z
      .string()
      .regex(/^(mqtts?|wss?):\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, "mqtt://, mqtts://, ws:// or wss://, a host and a port, without a password")
      .meta(about("Where it is, such as mqtts://broker.plant:8883")),
    protocol: z.enum(["auto", "5", "3.1.1"]).default("auto").meta(about("Version of MQTT; auto tries 5 first")),
    clientId: level.nullable().default(null).meta(about("Its own for every robot; null for foresight-SITE-ROBOT")),
    username: z.string().min(1).max(256).optional().meta(about("User at the broker; leave it out where the certificate says who it is")),
    password: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .meta(about(`Password at the broker; write ${ENV_REFERENCE}`)),
    caFile: pemFile("Authority that signed the broker's certificate, where it is no public one"),
    certFile: pemFile("The robot's own certificate"),
    keyFile: pemFile("The key of that certificate"),
    keepaliveS: z.int().min(1).max(60).default(5).meta(about("A link that is silent for one and a half times this long is lost [s]")),
    connectTimeoutMs: z
      .number()
      .min(100)
      .max(60_000)
      .default(5000)
      .meta(about("A broker that does not answer for longer is not there [ms]")),
  })
  .meta(about("A broker elsewhere"));

export const mqttSchema = z
  .strictObject({
    site: level.default("local").meta(about("Second level of the topics: foresight/v1/SITE/ROBOT/")),
    robot: level
      .nullable()
      .default(null)
      .meta(about("Third level of the topics; null for the robot's name. Every robot of a site has another")),
    broker: z.discriminatedUnion("kind", [embedded, external]).prefault({ kind: "embedded" }).meta(about("Which broker")),
    commanders: z
      .record(
        level,
        z.strictObject({
          token: z
            .string()
            .min(16)
            .max(256)
            .nullable()
            .meta(
              about(
                `Secret that its commands carry, at least 16 characters; write ${ENV_REFERENCE}. null: the broker's own accounts and rules vouch for it`,
              ),
            ),
        }),
      )
      .default({})
      .meta(
        about(
          "Who may command, by name. With nobody here an external broker's robot only tells; an embedded broker makes an operator with a new token at every start",
        ),
      ),
    linkLoss: z
      .enum(["finish", "hold"])
      .default("finish")
      .meta(about("When the link is lost: go on with the task (finish), or rest until somebody says resume (hold)")),
    lifecycle: z
      .enum(["auto", "ready"])
      .default("auto")
      .meta(about("auto: does the task of this file and ends; ready: waits for orders and start, until it is ended")),
    thumbnailMs: z
      .number()
      .min(200)
      .max(60_000)
      .nullable()
      .default(null)
      .meta(about("What the first camera sees is told this often, small [ms]; null: never")),
    telemetryMs: z.number().min(50).max(60_000).default(200).meta(about("Joints and newest decision are told this often [ms]")),
  })
  .meta(about("Tell a fleet and take its orders, over MQTT; left out, there is none"));

export type MqttSection = z.output<typeof mqttSchema>;
