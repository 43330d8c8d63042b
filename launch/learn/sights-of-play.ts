/** The most different things in the play that a model learned from, as its encoder sees them: what the page tells its imagination by. */
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { Latent } from "../../runtime/core/planning.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import { floats, openSession } from "../../runtime/graph/session.ts";
import { openDataset } from "../../runtime/learn/dataset-reader.ts";
import { type KeptSight, SIGHTS_MAX } from "../run/kept-sights.ts";

/** Rows that are looked at, evenly over all of them. */
const ROWS_MAX = 1024;

/** At most SIGHTS_MAX of them; none of a model that is told states, or that remembers: a row alone is not what it sees then. Throws AgentErrors of the data and of the encoder. */
export async function sightsOfPlay(folder: string, { spec, networks, remembers }: ModelPackage): Promise<readonly KeptSight[]> {
  if (spec.observation !== "cameras" || remembers) return [];
  using dataset = openDataset(folder);
  const { cameras, heightPx, widthPx } = dataset.meta;
  const names = spec.proprioception.map(({ name }) => name);
  const felt = dataset.columns(names);
  const bytes = heightPx * widthPx * 3;
  const shape = [1, cameras.length, heightPx, widthPx, 3];
  const framesOf = (pixels: Uint8Array): Frame[] =>
    cameras.map(({ name }, at) => ({
      ...{ camera: name, widthPx, heightPx, stampNs: 0n, receivedNs: 0n },
      rgb: pixels.slice(at * bytes, (at + 1) * bytes),
    }));
  await using encoder = await openSession(networks.encoder, { name: `${spec.name} encoder` });
  const sights: KeptSight[] = [];
  for (let row = 0; row < dataset.rowCount; row += Math.ceil(dataset.rowCount / ROWS_MAX)) {
    const pixels = new Uint8Array(cameras.length * bytes);
    dataset.framesInto([row], pixels);
    const proprio = floats(felt.slice(row * names.length, (row + 1) * names.length), [1, names.length]);
    const { latent } = await encoder.run({ frames: { dtype: "uint8", shape, data: pixels }, proprio });
    sights.push({ latent: Float32Array.from(latent?.data as Float32Array), frames: framesOf(pixels) });
  }
  return mostDifferent(sights, SIGHTS_MAX);
}

/** The first, then always the one that is farthest from all that were taken. */
export function mostDifferent(sights: readonly KeptSight[], count: number): readonly KeptSight[] {
  const taken: KeptSight[] = [];
  const apart = sights.map(() => Number.POSITIVE_INFINITY);
  while (taken.length < Math.min(count, sights.length)) {
    const next = apart.indexOf(Math.max(...apart));
    taken.push(sights[next]!);
    for (const [at, { latent }] of sights.entries()) apart[at] = Math.min(apart[at]!, distance(latent, sights[next]!.latent));
    apart[next] = Number.NEGATIVE_INFINITY;
  }
  return taken;
}

const distance = (a: Latent, b: Latent): number => a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
