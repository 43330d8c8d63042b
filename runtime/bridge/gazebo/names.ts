/** Topic and service names as they stand on the wire: `@/partition@/topic`. */
import { AgentError } from "../../core/errors.ts";

const NAME_CHARS_MAX = 65_535;
const FORBIDDEN = /~| |\/\/|@|:=/;

/** The name on the wire of a topic or service in a partition ("" is a partition too). Throws `launch.invalid` on a name that Gazebo refuses. */
export function wireName(partition: string, name: string): string {
  const topic = `/${name.replace(/^\//, "").replace(/\/$/, "")}`;
  const scope = partition && `/${partition.replace(/^\//, "").replace(/\/$/, "")}`;
  for (const part of [topic, scope]) {
    const found = FORBIDDEN.exec(part)?.[0];
    if (found) throw refuse(name, partition, `contains "${found}"`);
  }
  const wire = `@${scope}@${topic}`;
  if (topic === "/" || wire.length > NAME_CHARS_MAX) {
    throw refuse(name, partition, topic === "/" ? "is empty" : `has ${wire.length} characters, more than ${NAME_CHARS_MAX}`);
  }
  return wire;
}

/** Takes a wire name apart; null when it is none. */
export function splitWireName(wire: string): { readonly partition: string; readonly name: string } | null {
  const match = /^@([^@]*)@(\/[^@]+)$/.exec(wire);
  return match ? { partition: match[1]!.replace(/^\//, ""), name: match[2]! } : null;
}

const refuse = (name: string, partition: string, why: string): AgentError =>
  new AgentError(
    "launch.invalid",
    `Gazebo name "${name}" in partition "${partition}" ${why}; allowed is anything but "~", space, "//", "@" and ":="`,
  );
