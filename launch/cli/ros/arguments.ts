/** What a ROS user writes behind --ros-args: told apart from our own command line, and handed to the backend's node. */

/** A command line without what follows --ros-args (up to --), and that part by itself. */
export function splitRosArguments(args: readonly string[]): { readonly others: readonly string[]; readonly ros: readonly string[] } {
  const others: string[] = [];
  const ros: string[] = [];
  let isRos = false;
  for (const argument of args) {
    if (argument === "--ros-args") isRos = true;
    else if (isRos && argument === "--") isRos = false;
    else (isRos ? ros : others).push(argument);
  }
  return { others, ros };
}

/** As a change to the launch file, whose own backend.node.rosArgs it replaces. */
export const rosOverrides = (ros: readonly string[]): readonly string[] =>
  ros.length === 0 ? [] : [`backend.node.rosArgs:=${JSON.stringify(ros)}`];
