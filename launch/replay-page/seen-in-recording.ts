/** Pictures of a recording by what the model made of them, from all over it: they stand for what was imagined, from the first instant that is looked at. */
import { secondsToNs } from "../../runtime/core/clock.ts";
import type { Seen } from "../../runtime/dashboard/seen.ts";
import { frameOf } from "../../runtime/record/channels/read-sample.ts";
import { CHANNELS, topicOf } from "../../runtime/record/channels/table.ts";
import { createTickReader, TICK_TOPICS } from "../../runtime/record/channels/tick-reader.ts";
import type { Entry } from "../../runtime/record/mcap/read.ts";
import type { SeekableRun } from "../../runtime/record/seekable.ts";
import type { Timeline } from "./timeline.ts";

const SIGHTS = 100;

export async function fillSeen(seen: Seen, run: SeekableRun, { decisions }: Timeline<unknown>): Promise<void> {
  const every = Math.max(1, Math.ceil(decisions.length / SIGHTS));
  const cameras = run.header.cameras.map(({ name }) => topicOf(CHANNELS.camera, name));
  for (let index = 0; index < decisions.length; index += every) {
    const { atNs } = decisions[index]!;
    const reader = createTickReader();
    for await (const { topic, data } of run.between(atNs, atNs, TICK_TOPICS)) {
      const tick = reader.add(topic, data);
      if (!tick) continue;
      const { segment, stampNs, latent } = tick.decision;
      const pictures = await firstFrom(run, cameras, segment?.startNs ?? stampNs);
      seen.add(latent, await Promise.all(pictures.map(frameOf)), "run");
    }
  }
}

/** Later than this after its instant a picture shows something else. */
const LATE_NS_MAX = secondsToNs(1);

/** The first picture of each camera that was taken at an instant or after it; none where one lacks. */
async function firstFrom(run: SeekableRun, topics: readonly string[], fromNs: bigint): Promise<readonly Entry[]> {
  const found = new Map<string, Entry>();
  for await (const entry of run.between(fromNs, fromNs + LATE_NS_MAX, topics)) {
    if (entry.stampNs >= fromNs && !found.has(entry.topic)) found.set(entry.topic, entry);
    if (found.size === topics.length) return [...found.values()];
  }
  return [];
}
