/** `npm run sights LAUNCH ..`: lets the agent of each launch file play in its simulated world, and keeps the most different things it saw beside its model. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { replaceFile } from "../../runtime/core/own-files.ts";
import type { Latent } from "../../runtime/core/planning.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { draw } from "../compose.ts";
import { loadLaunch } from "../config/load.ts";
import { type KeptSight, SIGHTS_FILE, SIGHTS_MAX, sightsText } from "../run/kept-sights.ts";
import { run } from "../run/run.ts";

/** Scenes that are played, each once by plan and once by chance: chance goes where plans do not. */
const SCENES = 6;
const SCENE_SEED = 7000;

/** Pairs each decision with the pictures of the instant that its latent is of. */
function watching(into: KeptSight[]): Tap {
  const newest = new Map<string, Frame>();
  let due: { readonly latent: Latent; readonly fromNs: bigint } | null = null;
  return {
    name: "sights",
    sample(sample) {
      if (sample.kind !== "frame") return;
      newest.set(sample.frame.camera, sample.frame);
      const frames = [...newest.values()];
      if (!due || frames.some(({ stampNs }) => stampNs < due!.fromNs)) return;
      into.push({ latent: due.latent, frames });
      due = null;
    },
    tick({ decision: { latent, segment, stampNs } }) {
      due = { latent, fromNs: segment?.startNs ?? stampNs };
    },
  };
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

async function keepSights(launch: string): Promise<void> {
  const seen: KeptSight[] = [];
  const { signal } = new AbortController();
  const own = ["backend.mode:=lockstep", "dashboard.enabled:=false"];
  const { model } = await draw(loadLaunch(launch, own));
  for (let scene = 0; scene < SCENES; scene++)
    for (const policy of ["mode2", "random"]) {
      const config = loadLaunch(launch, [...own, `backend.sceneSeed:=${SCENE_SEED + scene}`, `planner.policy:=${policy}`]);
      await run(await draw(config), { say: () => {}, signal, taps: [() => watching(seen)] });
    }
  const kept = mostDifferent(seen, SIGHTS_MAX);
  replaceFile(join(model.folder, SIGHTS_FILE), await sightsText(model, kept));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) for (const launch of process.argv.slice(2)) await keepSights(launch);
