/** Looks at an arm for a while and moves nothing: what came from its joints and cameras, how often, and the newest of each. */
import { type Clock, nsToSeconds } from "../../runtime/core/clock.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import type { Frame, JointState } from "../../runtime/core/sensing.ts";

export interface Watched {
  readonly joints: JointState | null;
  readonly jointsHz: number;
  readonly frames: ReadonlyMap<string, { readonly newest: Frame; readonly rateHz: number }>;
}

/** Throws what the robot's samples end with. */
export async function watchArm(robot: Robot, clock: Clock, watchS: number): Promise<Watched> {
  const over = new AbortController();
  let joints: JointState | null = null;
  let jointCount = 0;
  const frames = new Map<string, { newest: Frame; count: number }>();
  let lost: unknown = null;
  const startNs = clock.nowNs();
  robot.observe(over.signal).subscribe({
    next(sample) {
      if (sample.kind === "joints") {
        joints = sample.joints;
        jointCount++;
      } else frames.set(sample.frame.camera, { newest: sample.frame, count: (frames.get(sample.frame.camera)?.count ?? 0) + 1 });
    },
    error: (error) => (lost = error),
  });
  await clock.sleep(watchS * 1e3);
  over.abort();
  if (lost !== null) throw lost;
  const watchedS = nsToSeconds(clock.nowNs() - startNs);
  return {
    joints,
    jointsHz: jointCount / watchedS,
    frames: new Map([...frames].map(([camera, { newest, count }]) => [camera, { newest, rateHz: count / watchedS }])),
  };
}
