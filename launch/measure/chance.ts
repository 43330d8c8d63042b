/** What stands for the thinking parts where chance alone decides: the floor needs no model, so it can be told before there is one. */
import type { ActionSpace } from "../../runtime/act/action-to-segment.ts";
import type { Rng } from "../../runtime/core/rng.ts";
import { type PlayParts, playParts } from "../learn/play/parts.ts";

/** Every action uniform in what the guards may then clip. */
export const chanceParts = (action: ActionSpace, rng: Rng): PlayParts =>
  playParts({
    action,
    player: () => [rng.between(-1, 1), rng.between(-1, 1), rng.between(-1, 1)],
    look: async () => ({ toolM: [0, 0, 0], objects: {} }),
  });
