/** `foresight setup-servos`: each servo gets its number and the settings that an arm needs, one at a time, after a yes, and only what differs. */
import type { ServoBus, ServoSettings } from "../../runtime/bridge/servos/servo-bus.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { servosOn } from "./find.ts";
import type { Talk } from "./talk.ts";

/** What LeRobot sets too: answers at once, softer than from the factory, which trembles at rest. */
const ARM_SETTINGS: Partial<ServoSettings> = { returnDelayUs: 0, gainP: 16, gainI: 0, gainD: 32, mode: 0 };
/** And a gripper that holds a thing instead of burning on it. */
const GRIPPER_SETTINGS: Partial<ServoSettings> = {
  ...ARM_SETTINGS,
  torqueMaxShare: 0.5,
  protectionCurrentA: 1.625,
  overloadTorqueShare: 0.25,
};

export const settingsOf = (joint: string): Partial<ServoSettings> => (joint === "gripper" ? GRIPPER_SETTINGS : ARM_SETTINGS);

/** What of `wanted` a servo has otherwise. */
export function differing(has: ServoSettings, wanted: Partial<ServoSettings>): Partial<ServoSettings> {
  const same = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(has[name as keyof ServoSettings], value)));
}

/** `ids` by joint. From the last servo of the cable to the first, so that each is alone when its number is written. Throws AgentErrors by servo. */
export async function setUpServos(bus: ServoBus, ids: Readonly<Record<string, number>>, talk: Talk): Promise<void> {
  for (const [joint, id] of Object.entries(ids).reverse()) {
    await talk.enter(`Connect the servo of ${joint}, and no other, to the adapter; its power on.`);
    const there = await servosOn(bus);
    if (there.length === 0)
      throw new AgentError(
        "bridge.timeout",
        `${joint}: no servo answers on ${bus.portName}; look at its cable and its power, then begin again`,
      );
    if (there.length > 1) {
      const found = there.map((servo) => servo.id).join(", ");
      throw new AgentError(
        "bridge.refused",
        `${joint}: ${there.length} servos answer (${found}), must be one: with the same number they could never be told apart; unplug the others`,
      );
    }
    const [servo] = there;
    const changes = differing(await bus.readSettings(servo!.id), { ...settingsOf(joint), id });
    if (Object.keys(changes).length === 0) {
      talk.say(`${joint}: servo ${id} has everything already`);
      continue;
    }
    talk.say(`${joint}: servo ${servo!.id} (${servo!.modelName}); to be written: ${inWords(changes)}`);
    if (!(await talk.yes("Write it?"))) {
      talk.say(`${joint}: nothing was written`);
      continue;
    }
    await bus.setTorque(servo!.id, false);
    await bus.writeSettings(servo!.id, changes);
    talk.say(`${joint}: written, and read back`);
  }
}

export const inWords = (changes: Partial<ServoSettings>): string =>
  Object.entries(changes)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
