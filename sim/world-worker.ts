/** The thread a real-time world lives in: physics at 250 Hz on the machine's clock, pictures at the cameras' rate. */
import { parentPort, workerData } from "node:worker_threads";
import { nsToSeconds, SystemClock } from "../runtime/core/clock.ts";
import { AgentError, invariant } from "../runtime/core/errors.ts";
import { gripperField } from "../runtime/core/gripper.ts";
import type { JointCommand } from "../runtime/core/motion.ts";
import { atRest } from "../runtime/core/segment.ts";
import type { Sample } from "../runtime/core/sensing.ts";
import type { FromWorld, RealtimeSimOptions, ToWorld } from "./realtime-driver.ts";
import { PHYSICS_STEP_S } from "./scene.ts";
import { SimDriver } from "./sim-driver.ts";

/** A thread held up for longer skips world time rather than racing through it. */
const CATCH_UP_S_MAX = 0.1;
const JOINTS_RATE_HZ = 125;

invariant(parentPort, "world-worker runs in a worker thread");
const port = parentPort;
const options = workerData as RealtimeSimOptions;
const clock = new SystemClock();
const driver = await SimDriver.create(options);
let command: JointCommand = atRest(Float64Array.from(options.robot.homeRad));
let worldNs = clock.nowNs();
let placing = false;
let toldNs = -1n;

const say = (message: FromWorld): void => port.postMessage(message);

/** Brings the world up to now, step by step. */
function advance(): void {
  if (placing) return;
  const nowNs = clock.nowNs();
  if (nsToSeconds(nowNs - worldNs) > CATCH_UP_S_MAX) worldNs = nowNs - BigInt(PHYSICS_STEP_S * 1e9);
  const stepNs = BigInt(PHYSICS_STEP_S * 1e9);
  for (; worldNs + stepNs <= nowNs; worldNs += stepNs) driver.step(command, PHYSICS_STEP_S);
}

/** Stamped with the world's own time, which stands still between two steps: what was told of it is not told again. */
function newJoints(): Sample[] {
  if (worldNs === toldNs) return [];
  toldNs = worldNs;
  return [driver.jointsNow(worldNs)];
}

const commandOf = (
  { positionRad, velocityRadPerS, gripper }: Extract<ToWorld, { kind: "command" }>,
  accelerationRadPerS2: Float64Array,
): JointCommand => ({ positionRad, velocityRadPerS, accelerationRadPerS2, ...gripperField(gripper) });

async function reply(request: number, work: () => Promise<unknown>): Promise<void> {
  try {
    say({ kind: "reply", request, value: await work() });
  } catch (error) {
    const code = error instanceof AgentError ? error.code : "robot.lost";
    say({ kind: "reply", request, error: { code, message: error instanceof Error ? error.message : String(error) } });
  }
}

async function place(name: string, payload: unknown): Promise<unknown> {
  placing = true;
  try {
    const placed = await driver.place(name, payload);
    command = atRest(placed.restRad, placed.gripper);
    return placed;
  } finally {
    worldNs = clock.nowNs();
    placing = false;
  }
}

const timers = [
  clock.every(PHYSICS_STEP_S * 1e3, advance),
  clock.every(1e3 / JOINTS_RATE_HZ, () => {
    if (placing) return;
    advance(); // A thread that was held up would tell where the joints were before it, as of now.
    const joints = newJoints();
    if (joints.length > 0) say({ kind: "samples", samples: joints });
  }),
  clock.every(1e3 / options.cameraRateHz, () => {
    if (placing) return;
    advance();
    const stampNs = clock.nowNs();
    const frames = driver.framesNow(stampNs).map((frame) => ({ kind: "frame" as const, frame }));
    say({ kind: "samples", samples: [...newJoints(), ...frames] });
  }),
];

port.on("message", (message: ToWorld) => {
  switch (message.kind) {
    case "command":
      if (!placing) command = commandOf(message, command.accelerationRadPerS2);
      return;
    case "place":
      return void reply(message.request, () => place(message.name, message.payload));
    case "answer":
      return void reply(message.request, () => driver.answer(message.name));
    case "end":
      for (const stop of timers) stop();
      port.close();
      return void driver[Symbol.asyncDispose]();
  }
});
say({ kind: "ready" });
