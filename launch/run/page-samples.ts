/** What of all samples a page is shown: the newest pictures and joints, ten times a second of their own time. */
import type { Frame, Sample } from "../../runtime/core/sensing.ts";
import type { Dashboard } from "../../runtime/dashboard/server.ts";

const SHOW_EVERY_NS = 100_000_000n;

export interface PageSamples {
  sample(sample: Sample): void;
  /** The newest picture of every camera. */
  frames(): readonly Frame[];
}

/** `page` may come later than the first question for pictures. */
export function createPageSamples(page: () => Pick<Dashboard, "showFrames" | "showJoints">): PageSamples {
  const newest = new Map<string, Frame>();
  const isFrameDue = every(SHOW_EVERY_NS);
  const isJointsDue = every(SHOW_EVERY_NS);
  return {
    frames: () => [...newest.values()],
    sample(sample) {
      if (sample.kind === "joints") {
        if (isJointsDue(sample.joints.stampNs)) page().showJoints(sample.joints);
        return;
      }
      newest.set(sample.frame.camera, sample.frame);
      if (isFrameDue(sample.frame.stampNs)) page().showFrames([...newest.values()]);
    },
  };
}

/** Whether it is time again, by stamps that may also go back: then it is. */
function every(periodNs: bigint): (stampNs: bigint) => boolean {
  let lastNs: bigint | null = null;
  return (stampNs) => {
    if (lastNs !== null && stampNs >= lastNs && stampNs - lastNs < periodNs) return false;
    lastNs = stampNs;
    return true;
  };
}
