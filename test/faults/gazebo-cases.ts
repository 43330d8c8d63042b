/** J6: a Gazebo that is killed, paused or reset while it moves the arm: a real server in a process of its own, started only when a case runs. */
import assert from "node:assert/strict";
import type { FaultCase } from "./case.ts";

/** backend.maxClockSilenceMs. */
const SILENT_MS_MAX = 500;
const WITHIN_MS = 20_000;

interface Blow {
  readonly code: string;
  readonly says: RegExp;
  readonly strike: (control: (request: object) => Promise<unknown>, kill: () => Promise<void>) => Promise<unknown>;
  /** Lets the world go on; null where there is none any more. */
  readonly mend: ((control: (request: object) => Promise<unknown>) => Promise<unknown>) | null;
}

/** The arm sways; then the world is struck, it is told in words, and nothing moves again but after resume. */
async function struck({ code, says, strike, mend }: Blow): Promise<null> {
  const { startScene, openArm } = await import("../gazebo/scene.ts");
  const { detect, staysAtRest, sway } = await import("../gazebo/sway.ts");
  const { WORLD } = await import("../../sim/gazebo/names.ts");
  await using real = await startScene({ mode: "realtime" });
  // A busy machine is not what these cases are about.
  const opened = await openArm("realtime", real.partition, ["backend.minRealTimeFactor:=0.05", "backend.maxTrackingRad:=0.3"]);
  await using robot = opened.robot;
  const control = (request: object) => real.node.request(`/world/${WORLD}/control`, "WorldControl", request, "Boolean", WITHIN_MS);
  const swaying = sway(opened);
  await swaying.moving();
  await detect(code, swaying.told, () => strike(control, () => real.server.kill()), { code, message: says });
  if (!mend) return null;
  const resting = staysAtRest(real, robot);
  await mend(control);
  await resting;
  const at = robot.commandedAt(opened.clock.nowNs());
  assert.ok(
    at.velocityRadPerS.every((value) => value === 0),
    "nothing is commanded",
  );
  await robot.resume();
  return null;
}

const row = { clock: "real", recovered: "it moves nothing when it goes on; a person: resume" } as const;

export const GAZEBO_CASES: readonly FaultCase[] = [
  {
    ...{
      id: "J6a",
      fault: "Gazebo is killed in motion",
      detectedBy: "clock watch, bridge.timeout, then robot.lost",
      deadline: SILENT_MS_MAX,
      clock: "real",
    },
    safeState: "holds, then faulted: there is no arm",
    recovered: "a person starts it, then the agent again",
    run: () => struck({ code: "bridge.timeout", says: /stands still for \d+ ms/, strike: (_, kill) => kill(), mend: null }),
  },
  {
    ...{
      id: "J6b",
      fault: "Gazebo is paused in motion, and goes on",
      detectedBy: "clock watch, bridge.timeout",
      deadline: SILENT_MS_MAX,
      ...row,
    },
    safeState: "holds; what is left of the braking ends at rest",
    run: () =>
      struck({
        ...{ code: "bridge.timeout", says: /stands still for \d+ ms/ },
        strike: (control) => control({ pause: true }),
        mend: (control) => control({ pause: false }),
      }),
  },
  {
    ...{
      id: "J6c",
      fault: "Gazebo is reset in motion: time jumps back",
      detectedBy: "clock watch, bridge.lost",
      deadline: "at once",
      ...row,
    },
    safeState: "holds, at rest",
    run: () =>
      struck({
        ...{ code: "bridge.lost", says: /jumped back from [\d.]+ s to [\d.]+ s/ },
        strike: (control) => control({ reset: { all: true }, pause: false }),
        mend: async () => {},
      }),
  },
];
