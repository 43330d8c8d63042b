/** What stands for the thinking parts where chance alone decides: the floor needs no model, so it can be told before there is one. */
import type { ActionAxis } from "../../runtime/core/model.ts";
import { along } from "../../runtime/core/play.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import { type PlayParts, playParts } from "../learn/play/parts.ts";

/** Every action uniform in what the guards may then clip. */
export const chanceParts = (action: readonly ActionAxis[], rng: Rng): PlayParts =>
  playParts({
    action,
    player: () => {
      const move = along([rng.between(-1, 1), rng.between(-1, 1), rng.between(-1, 1)]);
      const more = action.filter(({ name }) => !(name in move)).map(({ name }) => [name, rng.between(-1, 1)] as const);
      return { ...move, ...Object.fromEntries(more) };
    },
    look: async () => ({ toolM: [0, 0, 0], objects: {} }),
  });
