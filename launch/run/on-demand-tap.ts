/** Recordings on demand as a tap: nothing is recorded until somebody asks, then into the folder that the launch file names. */
import { join, resolve } from "node:path";
import { SystemWallClock } from "../../runtime/core/clock.ts";
import { makeFolder } from "../../runtime/core/own-files.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { RunFacts } from "../../runtime/record/channels/message.ts";
import { newsTap } from "../../runtime/record/news-tap.ts";
import { createOnDemand } from "../../runtime/record/on-demand.ts";
import type { Blueprint } from "../blueprint.ts";
import { robotName } from "../config/schema.ts";
import type { RecordSection } from "../config/schema-record.ts";
import { boundsOf, fileStamp } from "./recorder-tap.ts";
import { runFacts } from "./run-facts.ts";
import type { Party, RunIo } from "./words.ts";

export function openOnDemandTap(
  record: RecordSection & { readonly folder: string },
  blueprint: Blueprint,
  mode: RunFacts["mode"],
  { clock, ends, recorder: port }: Party,
  { say, onRecorded }: RunIo,
): Tap {
  const wallClock = new SystemWallClock();
  const { mqtt, robot } = blueprint.config;
  const name = mqtt?.robot ?? robotName(robot); // Arms of a fleet record into one folder.
  const folder = resolve(record.folder);
  const onDemand = createOnDemand({
    ...boundsOf(record),
    pictures: record.pictures,
    clock,
    facts: () => runFacts(blueprint, mode, ends),
    newFile() {
      makeFolder(folder);
      return join(folder, `${name}-${fileStamp(wallClock)}.mcap`);
    },
    onState: (state) => port.states.next(state),
    onRecorded(recorded) {
      if (recorded.said !== null) say(recorded.said);
      onRecorded?.(recorded);
    },
  });
  port.onDemand = {
    async start(who) {
      const refused = await onDemand.start();
      say(refused ?? `recording ${port.states.value?.file}, as ${who} asked`);
      return refused;
    },
    stop: () => onDemand.stop(),
  };
  return {
    name: "recordings on demand",
    ...newsTap(clock, onDemand.tell),
    async close() {
      port.onDemand = null;
      await onDemand.close();
    },
  };
}
