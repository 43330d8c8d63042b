/** Learns whether the simulator calls its messages `ignition.msgs` (Fortress) or `gz.msgs` (Garden and later). */
import type { Advert } from "./discovery-codec.ts";
import { type Family, splitTypeName } from "./messages.ts";
import { splitWireName } from "./names.ts";
import type { Warnings } from "./warnings.ts";

export interface LearnedFamily {
  readonly family: Family;
  /** True when the family changed with this. */
  hear(advert: Advert): boolean;
}

/** Types that only a simulator offers. */
const SIMULATOR_TYPES: readonly string[] = ["Clock", "WorldControl", "WorldStatistics"];

/** A fixed family stays; else the simulator's counts more than that of others, and who is heard first more than who comes later. */
export function learnFamily(partition: string, fixed: Family | null, warnings: Warnings): LearnedFamily {
  let family: Family = fixed ?? "gz.msgs";
  let source: "default" | "peer" | "simulator" = fixed ? "simulator" : "default";
  return {
    get family() {
      return family;
    },
    hear(advert) {
      const type = splitTypeName(advert.kind === "topic" ? advert.type : advert.requestType);
      const name = splitWireName(advert.name);
      if (!type || name?.partition !== partition) return false;
      const isSimulator = SIMULATOR_TYPES.includes(type.name);
      if (source === "simulator" && isSimulator && type.family !== family) {
        const message = `"${name.name}" is of ${type.family}, others in partition "${partition}" of ${family}`;
        warnings.add("two-families", `${message}; what is published here as ${family} does not reach it: one partition for each simulator`);
      }
      if (source === "simulator" || (source === "peer" && !isSimulator)) return false;
      source = isSimulator ? "simulator" : "peer";
      const changed = type.family !== family;
      family = type.family;
      return changed;
    },
  };
}
