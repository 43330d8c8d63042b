/** What `foresight doctor` says about ROS 2: the steps from nothing to a node, each found done or to be done. */
import {
  BUILD_REMEDY,
  checkAddon,
  checkMessages,
  hasOwnInterfaces,
  OWN_INTERFACES,
  rclnodejsFolder,
} from "../../../runtime/bridge/ros2/addon.ts";
import { ownInterfacesHint } from "../../../runtime/bridge/ros2/build.ts";
import { type RosEnvironment, readRosEnvironment, SOURCE_REMEDY } from "../../../runtime/bridge/ros2/environment.ts";
import type { Check } from "../check.ts";

type Variables = Readonly<Record<string, string | undefined>>;

interface Step {
  readonly name: string;
  /** What was found; throws an error that says what is missing and what to do. */
  readonly look: () => string;
  readonly remedy: string;
}

/** One check for each step, in order; nothing is looked at behind the first that is missing. Nothing here is needed by the product itself. */
export function rosChecks(environment: Variables, tryLoad?: (file: string) => void): readonly Check[] {
  const checks: Check[] = [];
  let missing: string | null = null;
  for (const { name, look, remedy } of stepsOf(environment, tryLoad)) {
    if (missing !== null) {
      checks.push({ name, needed: false, ok: false, found: `not looked at: ${missing} comes first`, remedy });
      continue;
    }
    try {
      checks.push({ name, needed: false, ok: true, found: look(), remedy: null });
    } catch (error) {
      missing = name;
      checks.push({ name, needed: false, ok: false, found: (error as Error).message, remedy });
    }
  }
  return checks;
}

function stepsOf(environment: Variables, tryLoad: ((file: string) => void) | undefined): readonly Step[] {
  let ros: RosEnvironment = { distro: "", prefixes: [] };
  let folder = "";
  return [
    {
      name: "ROS 2, 1 of 5: sourced",
      look() {
        ros = readRosEnvironment(environment);
        return `${ros.distro}, ${ros.prefixes.join(", ")}`;
      },
      remedy: SOURCE_REMEDY,
    },
    {
      name: "ROS 2, 2 of 5: package",
      look() {
        folder = rclnodejsFolder();
        return folder;
      },
      remedy: "npm install rclnodejs",
    },
    { name: "ROS 2, 3 of 5: built", look: () => checkAddon(ros, tryLoad), remedy: BUILD_REMEDY },
    {
      name: "ROS 2, 4 of 5: messages",
      look() {
        checkMessages(folder, ros);
        if (!hasOwnInterfaces()) throw new Error(`all standard ones, but no ${OWN_INTERFACES}`);
        return `all, and ${OWN_INTERFACES}`;
      },
      remedy: ownInterfacesHint(),
    },
    {
      name: "ROS 2, 5 of 5: middleware",
      look: () => middleware(environment),
      remedy: "see runtime/bridge/ros2/README.md on the Fast DDS profile",
    },
  ];
}

/** Fast DDS loses every other large picture with its own default of shared memory. */
function middleware(environment: Variables): string {
  const name = environment["RMW_IMPLEMENTATION"] || "rmw_fastrtps_cpp (default)";
  const domain = `domain ${environment["ROS_DOMAIN_ID"] || "0"}, discovery ${environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] || "SUBNET"}`;
  const profile = environment["FASTRTPS_DEFAULT_PROFILES_FILE"] || environment["FASTDDS_DEFAULT_PROFILES_FILE"];
  if (name.startsWith("rmw_fastrtps") && !profile)
    throw new Error(`${name}, ${domain}; without a profile, pictures above 512 KB are lost at random`);
  return `${name}, ${domain}${profile ? `, ${profile}` : ""}`;
}
