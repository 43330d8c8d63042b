/** Bus and virtual SO-101 in one process on one injected clock, joined by a wire in memory. */
import { setImmediate } from "node:timers/promises";
import { so101Spec } from "../../robots/so101/spec.ts";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import type { ServoBus } from "../../runtime/bridge/servos/servo-bus.ts";
import { ManualClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import { type ArmBody, createArmBody } from "../../sim/servos/arm-body.ts";
import { createVirtualArm, type VirtualArm } from "../../sim/servos/virtual-arm.ts";
import { type MemoryPort, memoryPorts } from "./memory-port.ts";

export const IDS = [1, 2, 3, 4, 5, 6] as const;
export const ANSWER_MS = 2;

export interface VirtualBus extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly bus: ServoBus;
  readonly body: ArmBody;
  readonly arm: VirtualArm;
  /** The bus's own end of the wire. */
  readonly port: MemoryPort;
  /** Advances the clock and lets what was said arrive. */
  passMs(ms: number): Promise<void>;
  /** Passes time until it settles, 20 s at most. */
  passUntil<T>(promise: Promise<T>): Promise<T>;
}

export async function virtualBus({
  hornSteps = IDS.map(() => 2048),
  seed = 1,
  clock = new ManualClock(1_000_000_000n),
}: {
  readonly hornSteps?: readonly number[];
  readonly seed?: number;
  /** Of a world with more arms in it. */
  readonly clock?: ManualClock;
} = {}): Promise<VirtualBus> {
  const [port, far] = memoryPorts();
  const body = await createArmBody(so101Spec, defaultScene);
  const arm = createVirtualArm({ body, port: far, clock, rng: createRng(seed), ids: IDS, hornSteps });
  for (const { table } of arm.servos) table.set("returnDelayUs", 0);
  const bus = createFeetechBus({ port, clock, answerMs: ANSWER_MS });
  const passMs = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed++) {
      clock.advance(Math.min(1, ms - passed));
      await setImmediate();
    }
  };
  return {
    clock,
    bus,
    body,
    arm,
    port,
    passMs,
    async passUntil(promise) {
      let isSettled = false;
      promise.finally(() => (isSettled = true)).catch(() => {}); // The caller gets the failure from the return value.
      for (let passes = 0; passes < 20_000; passes++) {
        await setImmediate();
        if (isSettled) break;
        await passMs(1);
      }
      return promise;
    },
    async [Symbol.asyncDispose]() {
      await bus[Symbol.asyncDispose]();
      arm[Symbol.dispose]();
      body[Symbol.dispose]();
    },
  };
}
