/** Who tells a topic as something else than is listened for: ROS 2 lets the two pass in silence. */
import type { Node } from "./library.ts";

/** Empty where nobody does: as far as this node has heard. `type` is ours, such as sensor_msgs/msg/JointState. */
export function toldAs(node: Pick<Node, "getTopicNamesAndTypes" | "resolveTopicName">, topic: string, type: string): string {
  const fullName = node.resolveTopicName(topic);
  const types = node.getTopicNamesAndTypes().find(({ name }) => name === fullName)?.types ?? [];
  const others = types.filter((each) => each !== type);
  return others.length === 0 ? "" : `: it is told as ${others.join(" and ")}`;
}
