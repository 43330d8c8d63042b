/** The commands that bring models, data and recordings to other machines: push, pull. */
import type { Command } from "commander";
import { SystemWallClock, utcText } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { PullFlags } from "../store/pull.ts";
import { interruption, positiveInteger, progressLine, say } from "./command-line.ts";
import { type JobFlags, withTls } from "./job-options.ts";

const HELP = `
A store is a folder, or s3://BUCKET/PREFIX with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL_S3 for one that is not
Amazon's. Everything in it is named by its hash and never replaced; what is pushed again under a name is its next version. Interrupted, the same
command goes on: a push from its last part of 8 MB, a pull from its last whole file. What is pulled is checked to the last byte and loaded before it takes
its place; what was there is kept beside it.

  foresight push robots/panda/world-models/push s3://our-models/arms
  foresight pull s3://our-models/arms push --to robots/panda/world-models/push
  foresight pull s3://our-models/arms push --to robots/panda/world-models/push --back 1     the version before the newest: roll back

With --tell a site hears of a model: its name, version, hash and success are kept by the MQTT broker on foresight-models/v1/SITE/NAME. A model whose card
does not say how often it succeeds (eval --card) is not told of, nor pushed. A robot takes a new model only by its launch file, between runs: nothing is
changed because of a message. User and password of the broker are those of FORESIGHT_MQTT_USER and FORESIGHT_MQTT_PASSWORD.

  foresight push my-model s3://our-models/arms --tell mqtts://broker.plant:8883 --site hall-3

What a robot demands of its model stands in its launch file (model.requires); it does not start with another.`;

interface PushCommand extends JobFlags {
  readonly name?: string;
  readonly tell?: string;
  readonly site: string;
}

export function addStoreCommands(program: Command): void {
  withTls(
    program
      .command("push")
      .description("a model package, a data set or a recording into a store: a folder or S3")
      .argument("<path>", "model package, data set, or recording (.mcap)")
      .argument("<store>", "a folder, or s3://BUCKET/PREFIX")
      .option("--name <name>", "what it is called there (default: as its folder or file)")
      .option("--tell <broker>", "tell a site of this model: mqtt:// on this machine, mqtts:// elsewhere")
      .option("--site <name>", "second level of the robots' topics", "local"),
    "broker",
  )
    .addHelpText("after", HELP)
    .action(async (path: string, address: string, flags: PushCommand) => {
      const { openStore } = await import("../store/open-store.ts");
      const { megabytes, push } = await import("../store/push.ts");
      const release = flags.tell === undefined ? null : await openRelease(path, flags.tell, flags);
      const pushed = await push(await openStore(address), path, flags.name, { progress: progressLine, signal: interruption().signal });
      const { name, kind, version, id, bytes, sentBytes } = pushed;
      say(`${name}: ${kind}, version ${version}, ${megabytes(bytes)}, of which ${megabytes(sentBytes)} were sent; ${id}`);
      if (release) say(await release({ name, version, store: address }));
    });
  program
    .command("pull")
    .description("a version of what was pushed, checked, in the place of what was there, which is kept beside")
    .argument("<store>", "a folder, or s3://BUCKET/PREFIX")
    .argument("<name>", "what it is called there")
    .requiredOption("--to <folder>", "the folder that it becomes")
    .option("--at <version>", "which (default: the newest)", positiveInteger)
    .option("--back <count>", "so many versions before the newest", positiveInteger)
    .addHelpText("after", HELP)
    .action(async (address: string, name: string, flags: Omit<PullFlags, "name">) => {
      if (flags.at !== undefined && flags.back !== undefined)
        throw new AgentError("launch.invalid", "--at and --back: each says which version; give one of them");
      const { openStore } = await import("../store/open-store.ts");
      const { pull } = await import("../store/pull.ts");
      const pulled = await pull(await openStore(address), { ...flags, name }, { progress: progressLine, signal: interruption().signal });
      const kept = pulled.kept === null ? "" : `; what was there is kept in ${pulled.kept}`;
      say(`${flags.to}: ${pulled.kind} ${name}, version ${pulled.version}${kept}; ${pulled.id}`);
    });
}

/** Looks at the model and the broker's address before anything is pushed; what is returned tells of it. */
async function openRelease(path: string, url: string, { site, ca, cert, key }: PushCommand) {
  const { brokerOf, releasedAt } = await import("../store/release.ts");
  const { announceRelease, releaseTopic } = await import("../../runtime/bridge/mqtt/announce.ts");
  const { FORESIGHT_MQTT_USER: username, FORESIGHT_MQTT_PASSWORD: password } = process.env;
  const access = brokerOf({ url, site, username, password, ca, cert, key });
  const released = await releasedAt(path);
  return async (where: { readonly name: string; readonly version: number; readonly store: string }): Promise<string> => {
    await announceRelease(access, site, { ...where, ...released, releasedAt: utcText(new SystemWallClock().nowUtcMs()) });
    return `told ${site} of ${where.name}, version ${where.version} (${released.modelHash.slice(0, 12)}), on ${releaseTopic(site, where.name)}`;
  };
}
