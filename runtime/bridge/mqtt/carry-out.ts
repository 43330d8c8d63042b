/** From an accepted command to the desk: the fleet commands as everybody does, in the operator's words. */

import type { Desk } from "../../core/desk.ts";
import type { Command } from "./commands.ts";

/** What can be asked of the bridge itself. */
export interface Questions {
  state(): void;
  factsheet(): void;
}

/** The name by which the desk knows a commander. */
const deskName = (commander: string): string => `mqtt:${commander}`;

/** Null when done, else why not; a promise for what takes its time. */
export function carryOut(command: Command, desk: Desk, questions: Questions): string | null | Promise<string | null> {
  const who = deskName(command.commander);
  if (command.topic === "order") return desk.refusal(who, "start") ?? desk.assign(who, command.task) ?? desk.command(who, "start");
  const { action } = command;
  switch (action.type) {
    case "limitSpeed":
      desk.limitSpeed(who, action.share);
      return null;
    case "limitTool": {
      const { type: _, ...limits } = action;
      desk.limitTool(who, limits);
      return null;
    }
    case "urgent":
      return desk.urgent(who, action.name);
    case "record":
      return desk.record(who, action.what);
    case "stateRequest":
      questions.state();
      return null;
    case "factsheetRequest":
      questions.factsheet();
      return null;
    default:
      return desk.command(who, action.type);
  }
}
