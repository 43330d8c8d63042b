/** What our bus says on the wire is, byte for byte, what the maker's own SDKs say for the same requests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import { INSTRUCTION, instructionFrame, statusFrame } from "../../runtime/bridge/feetech/frames.ts";
import { filled } from "../../runtime/bridge/feetech/goal-fill.ts";
import type { ServoBus } from "../../runtime/bridge/servos/servo-bus.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { memoryPorts } from "../helpers/memory-port.ts";
import { runPeer, SDKS, sdkRoot } from "./peers.ts";

const six = [1, 2, 3, 4, 5, 6];
const goals = new Map(six.map((id) => [id, 2000 + id]));

/** The frame of each request, the which-th that it takes. */
const requests: Readonly<Record<string, readonly [ask: (bus: ServoBus) => Promise<unknown>, which: number]>> = {
  "read 3 from 0, 5": [(bus) => bus.identify(3), 0],
  "read 253 from 40, 4": [(bus) => bus.glanceAtDuty(253), 0],
  "torque on 6": [(bus) => bus.setTorque(6, true), 0],
  "goal of 2": [(bus) => bus.writeGoal(2, { positionSteps: 2002, velocityStepsPerSMax: 1500 }), 0],
  "offset -85 of 4": [(bus) => bus.writeSettings(4, { offsetSteps: -85 }), 1],
  "sync read": [(bus) => bus.readAll(six, 0), 0],
  "sync write": [(bus) => bus.writeGoals(goals), 0],
};

for (const sdk of SDKS)
  test(`frames equal those of ${sdk}, byte for byte`, { skip: sdkRoot.missing }, async () => {
    const told = new Map<string, readonly number[]>();
    for (const line of runPeer("sdk_frames.py", sdk).trim().split("\n")) {
      const { request, frame } = JSON.parse(line) as { request: string; frame: number[] };
      told.set(request, frame);
    }
    assert.deepEqual([...told.keys()].sort(), ["ping 1", ...Object.keys(requests)].sort());
    assert.deepEqual([...instructionFrame(1, INSTRUCTION.ping)], told.get("ping 1"));
    for (const [request, [ask, which]] of Object.entries(requests))
      assert.deepEqual([...(await frameOf(ask, which))], whole(request, told.get(request)!), request);
  });

/** Behind goals, and behind nothing else, comes what keeps a frame that lost bytes from passing. */
const whole = (request: string, frame: readonly number[]): readonly number[] =>
  request === "sync write" ? [...filled(Uint8Array.from(frame))] : frame;

/** Every write is acknowledged, every read answered with what was written there. */
async function frameOf(ask: (bus: ServoBus) => Promise<unknown>, which: number): Promise<Uint8Array> {
  const [port, servo] = memoryPorts();
  await using bus = createFeetechBus({ port, clock: new SystemClock(), answerMs: 5 });
  let written: readonly number[] = [];
  servo.onBytes(([, , id = 0, , instruction, ...parameters]) => {
    const data = parameters.slice(0, -1);
    if (instruction === INSTRUCTION.write) {
      written = data.slice(1);
      servo.write(statusFrame(id, 0));
    } else if (instruction === INSTRUCTION.read) {
      servo.write(
        statusFrame(
          id,
          0,
          Array.from({ length: data[1]! }, (_, index) => written[index] ?? 0),
        ),
      );
    }
  });
  await ask(bus);
  return port.written[which]!;
}
