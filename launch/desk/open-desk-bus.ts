/** The bus of an arm on a serial port, opened for the commands that set it up, measure it or read it. */
import { lockRobot } from "../../runtime/act/robot-lock.ts";
import { createFeetechBus } from "../../runtime/bridge/feetech/bus.ts";
import { openSerialPort } from "../../runtime/bridge/feetech/serial-port.ts";
import type { ServoBus } from "../../runtime/bridge/servos/servo-bus.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { portItself } from "../backends/feetech/port-itself.ts";

/** Ours alone while it is open. Throws AgentErrors that name the port, and who has it. */
export async function openDeskBus(port: string, answerMs: number): Promise<ServoBus> {
  const clock = new SystemClock();
  const lock = await lockRobot(`serial port ${portItself(port)}`, { clock });
  try {
    const bus = createFeetechBus({ port: await openSerialPort(port), clock, answerMs });
    const close = bus[Symbol.asyncDispose];
    return {
      ...bus,
      async [Symbol.asyncDispose]() {
        await close();
        await lock[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}
