/** `foresight gazebo topics`: what is offered in a partition, and which other partitions there are. */
import { clock, type GazeboPlace, openNodeAt } from "./open-node.ts";

export interface TopicList {
  readonly partition: string;
  /** Sorted by name. */
  readonly topics: readonly { readonly name: string; readonly type: string; readonly address: string }[];
  readonly services: readonly { readonly name: string; readonly requestType: string; readonly responseType: string }[];
  readonly otherPartitions: readonly string[];
  readonly warnings: readonly string[];
  /** Why nothing was found, or null. */
  readonly hint: string | null;
}

/** Listens for a while: everybody repeats what he offers once a second. */
export async function listTopics(place: GazeboPlace, listenMs: number): Promise<TopicList> {
  await using node = await openNodeAt(place);
  await clock.sleep(listenMs);
  const [topics, services] = [node.topics(), node.services()];
  const isMine = ({ partition }: { partition: string }): boolean => partition === node.partition;
  const others = new Set([...topics, ...services].filter((it) => !isMine(it)).map((it) => it.partition));
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  const mine = {
    topics: topics
      .filter(isMine)
      .sort(byName)
      .map(({ name, type, address }) => ({ name, type, address })),
    services: services
      .filter(isMine)
      .sort(byName)
      .map(({ name, requestType, responseType }) => ({ name, requestType, responseType })),
  };
  const found = mine.topics.length + mine.services.length;
  const elsewhere = others.size > 0 ? `nobody is in this partition; choose another with --partition` : node.explainNobody();
  return {
    partition: node.partition,
    ...mine,
    otherPartitions: [...others].sort(),
    warnings: node.warnings().map(({ message }) => message),
    hint: found > 0 ? null : elsewhere,
  };
}

export function printTopics({ partition, topics, services, otherPartitions, warnings, hint }: TopicList): string {
  const width = Math.max(0, ...[...topics, ...services].map(({ name }) => name.length));
  return [
    `partition "${partition}"`,
    ...topics.map(({ name, type }) => `topic    ${name.padEnd(width)}  ${type}`),
    ...services.map(({ name, requestType, responseType }) => `service  ${name.padEnd(width)}  ${requestType} -> ${responseType}`),
    ...(otherPartitions.length > 0 ? [`other partitions: ${otherPartitions.map((name) => `"${name}"`).join(", ")}`] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(hint ? [hint] : []),
  ].join("\n");
}
