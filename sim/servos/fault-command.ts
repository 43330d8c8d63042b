/** What a person types to break a virtual arm, a line each. */
import type { ArmBody } from "./arm-body.ts";
import type { Plug } from "./plug.ts";
import type { VirtualArm } from "./virtual-arm.ts";

const HELP = [
  "lose SHARE | double SHARE | corrupt SHARE   of the bytes on the wire, 0 to 1",
  "vanish ID | appear ID                       its cable is out, or in again",
  "reboot ID | reboot all                      its power failed for a moment",
  "heat ID CELSIUS                             of its motor now",
  "supply VOLT                                 of the supply",
  "unplug | plug                               its USB cable is pulled out, or put in again",
  "second MS | second off                      another program asks servo 1 every MS",
  "hand RAD,RAD,.. | hand off                  somebody moves the arm there by hand, all six joints",
  "place RAD,RAD,..                            it is there at once, and held there by hand",
  "where                                       its joints stand now",
].join("\n");

export interface Breakable {
  readonly arm: VirtualArm;
  readonly body: ArmBody;
  readonly port: Plug;
}

/** Carries it out; returns what to say. */
export async function faultCommand({ arm, body, port }: Breakable, line: string): Promise<string> {
  const [verb = "", ...words] = line.trim().split(/\s+/);
  const numbers = words.map(Number);
  const [first = Number.NaN, second = Number.NaN] = numbers;
  const servo = arm.servos.findIndex(({ table }) => table.get("id") === first);
  const unknown = `"${line}" is none of:\n${HELP}`;
  switch (verb) {
    case "lose":
    case "double":
    case "corrupt":
      if (!(first >= 0 && first <= 1)) return unknown;
      arm.wire[verb] = first;
      break;
    case "vanish":
    case "appear":
      if (servo < 0) return unknown;
      arm.servos[servo]!.isThere = verb === "appear";
      break;
    case "reboot":
      if (words[0] !== "all" && servo < 0) return unknown;
      for (const index of words[0] === "all" ? arm.servos.keys() : [servo]) arm.reboot(index);
      break;
    case "heat":
      if (servo < 0 || !(second >= -20 && second <= 200)) return unknown;
      arm.servos[servo]!.motor.heatTo(second);
      break;
    case "supply":
      if (!(first >= 0 && first <= 25)) return unknown;
      arm.supplyV = first;
      break;
    case "unplug":
      await port.pullOut();
      break;
    case "plug":
      await port.putIn();
      break;
    case "second":
      if (words[0] !== "off" && !(first > 0)) return unknown;
      arm.secondMasterMs = words[0] === "off" ? null : first;
      break;
    case "hand":
    case "place": {
      const isOff = verb === "hand" && words[0] === "off";
      const toRad = (words[0] ?? "").split(",").map(Number);
      if (!isOff && !(toRad.length === body.names.length && toRad.every(Number.isFinite))) return unknown;
      arm.handRad = isOff ? null : toRad;
      if (verb === "place") body.place(toRad);
      break;
    }
    case "where":
      return body.names.map((name, index) => `${name} ${body.angleRad(index).toFixed(4)}`).join("  ");
    default:
      return verb === "help" ? HELP : unknown;
  }
  return `done: ${line.trim()}`;
}
