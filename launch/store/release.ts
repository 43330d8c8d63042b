/** What is needed before a site is told of a model: a card that says how often it succeeded, and a broker that may be told. */
import { join } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { objections } from "../../runtime/core/objections.ts";
import { kindOf } from "../../runtime/core/own-files.ts";
import { readPem } from "../../runtime/core/plain-file.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";
import { mqttProblems } from "../config/check-mqtt.ts";
import { mqttSchema } from "../config/schema-mqtt.ts";

export interface Released {
  readonly modelHash: string;
  readonly robot: string;
  readonly success: { readonly share: number; readonly episodes: number; readonly [figure: string]: unknown };
}

/** Throws AgentErrors of the package, and `launch.invalid` for what is no model or was not evaluated as it is. */
export async function releasedAt(path: string): Promise<Released> {
  if (kindOf(join(path, "model.json")) !== "file")
    throw new AgentError("launch.invalid", `${path}: is no model package, and a site is told of models alone; leave out --tell`);
  const { modelHash, spec } = await loadModelPackage(path);
  const success = spec.evaluation["success"] as Released["success"] | undefined;
  if (typeof success?.share === "number") return { modelHash, robot: spec.robot, success };
  throw new AgentError(
    "launch.invalid",
    `${path}: its card does not say how often it succeeds, so nobody is told of it; first foresight eval --launch LAUNCH model.path:=${path} --card`,
  );
}

export interface BrokerFlags {
  readonly url: string;
  readonly site: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Files, PEM. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A broker as a launch file would name it, by the same rules. Throws AgentError `launch.invalid`. */
export function brokerOf({ url, site, username, password, ca, cert, key }: BrokerFlags) {
  const files = { caFile: ca ?? null, certFile: cert ?? null, keyFile: key ?? null };
  const read = mqttSchema.safeParse({ site, broker: { kind: "external", url, username, password, ...files } });
  const wrong = read.success
    ? mqttProblems(read.data)
        .map(({ message }) => message)
        .join("; ")
    : objections(read.error);
  if (wrong) throw new AgentError("launch.invalid", `--tell ${url.slice(0, 100)}: ${wrong}; correct what is told of the broker`);
  return {
    url,
    username,
    password,
    ca: readPem("--ca", files.caFile),
    cert: readPem("--cert", files.certFile),
    key: readPem("--key", files.keyFile),
  };
}
