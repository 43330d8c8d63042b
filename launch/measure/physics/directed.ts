/** A simulated world in which something may happen that its physics would never do. */
import type { SteppableDriver } from "../../../runtime/act/driver.ts";
import type { WorldState } from "../../../runtime/core/trial.ts";
import type { SimDriver } from "../../../sim/sim-driver.ts";
import type { Happening } from "./event.ts";

/** What begins when the world has gone on for so many seconds since it was placed. */
export interface Direction {
  readonly fromS: number;
  begin(truth: WorldState): Happening;
}

export interface DirectedDriver extends SteppableDriver {
  /** Holds from now on; null lets physics alone. */
  direct(direction: Direction | null): void;
}

const ROUNDING_S = 1e-9;

export function directed(world: SimDriver): DirectedDriver {
  let direction: Direction | null = null;
  let happening: Happening | null = null;
  let elapsedS = 0;
  return {
    direct(next) {
      direction = next;
      happening = null;
    },
    step(command, dtS) {
      const isOn = direction !== null && elapsedS >= direction.fromS - ROUNDING_S;
      if (isOn) happening ??= direction!.begin(world.truth());
      world.step(command, dtS);
      elapsedS += dtS;
      for (const { kind, thing, pose } of happening?.(elapsedS - direction!.fromS) ?? []) {
        if (kind === "put") world.put(thing, pose);
        else world.haunt(thing, pose);
      }
    },
    samplesNow: (stampNs) => world.samplesNow(stampNs),
    placements: world.placements,
    async place(name, payload) {
      const placed = await world.place(name, payload);
      elapsedS = 0;
      return placed;
    },
    answer: (name, payload) => world.answer(name, payload),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
