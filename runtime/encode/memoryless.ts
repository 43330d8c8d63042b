/** The believer that remembers nothing: what is believed is what is seen now. */
import type { Believer, Encoder } from "../core/planning.ts";

export const memoryless = ({ encode }: Pick<Encoder, "encode">): Believer => ({
  reset() {},
  update: async (observation, signal) => ({ latent: await encode(observation, signal) }),
});
