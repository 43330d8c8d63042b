/** Episodes on disk: a folder of ours, a file an episode, bounded in number, with the failed ones dropped first and then the oldest. */
import { readdirSync } from "node:fs";
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { parseJson } from "../core/json.ts";
import { type FolderKind, OwnFolder } from "../core/own-folder.ts";
import { EPISODE_BYTES_MAX, type Episode, episodeText, readEpisode } from "./episode.ts";

export interface MemoryOptions {
  readonly folder: string;
  /** Who remembers: an episode of another model stays where it is and is not used. */
  readonly modelHash: string;
  /** Shape of its latents and actions. */
  readonly latentDim: number;
  readonly actionDim: number;
  /** Files that are kept, of all models together, count. */
  readonly episodesMax: number;
}

export interface Memory extends Disposable {
  /** Of this model, oldest first. */
  readonly episodes: readonly Episode[];
  /** What was found at the opening that cannot be used, a sentence each. */
  readonly said: readonly string[];
  /** Written whole or not at all. Throws AgentError `state.unwritable`. */
  keep(episode: Episode): void;
}

const MARKER = "memory.json";
/** Of the folder's meaning: one more with every change that an older one does not fit. */
const VERSION = 1;
const MARKER_BYTES_MAX = 1000;
/** The last that a name has room for. */
const NUMBER_MAX = 99_999_999;
const NAME = /^episode-\d{8}\.json$/;
const ASIDE = /^episode-\d{8}\.json\.set-aside$/;
/** Damaged files that are kept for a person to look at; the oldest go. */
const ASIDE_MAX = 8;

const FOLDER: FolderKind = {
  what: "memory",
  marker: MARKER,
  owns: /^(memory\.json|episode-\d{8}\.json(\.set-aside)?)$/,
  code: "state.unwritable",
  elsewhere: "give memory.folder another folder, one for each agent",
  retry: "make room there or give memory.folder another folder",
};

interface Kept {
  readonly name: string;
  readonly episode: Episode;
}

/** Reads what is there and keeps other processes out until it is disposed of. Throws AgentError `state.unwritable` for a folder that is not ours, in use or cannot be written. */
export function openMemory(options: MemoryOptions): Memory {
  const { folder: path, episodesMax } = options;
  const folder = new OwnFolder(path, FOLDER);
  const lock = folder.lock();
  try {
    if (folder.has(MARKER)) checkMarker(folder);
    else folder.replace(MARKER, `${JSON.stringify({ format: "foresight-memory", version: VERSION })}\n`);
    const said: string[] = [];
    const kept = readdirSync(path)
      .filter((name) => NAME.test(name))
      .sort()
      .flatMap((name) => readOrSetAside(folder, name, said));
    for (const name of asideIn(path).slice(0, -ASIDE_MAX)) folder.remove(name);
    const foreign = kept.filter(({ episode }) => !fits(episode, options));
    if (foreign.length > 0) said.push(`${path}: ${foreign.length} of ${kept.length} episodes are of another model and are not used`);
    const drop = (): void => {
      while (kept.length > episodesMax) folder.remove(kept.splice(worst(kept), 1)[0]!.name);
    };
    drop();
    let next = 1 + Math.max(0, ...[...kept.map(({ name }) => name), ...asideIn(path)].map(numberOf));
    return {
      said,
      get episodes() {
        return kept.flatMap(({ episode }) => (fits(episode, options) ? [episode] : []));
      },
      keep(episode) {
        if (next > NUMBER_MAX) throw unusable(folder, `there is no number behind episode-${NUMBER_MAX}.json`, "move that file away");
        const name = `episode-${`${next++}`.padStart(8, "0")}.json`;
        folder.replace(name, episodeText(episode));
        kept.push({ name, episode });
        drop();
      },
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/** What a later version of ours, or somebody else, has made of the folder is not written to. Throws AgentError `state.unwritable`. */
function checkMarker(folder: OwnFolder): void {
  const read = marker.safeParse(markerOf(folder));
  if (read.success) return;
  throw unusable(folder, `its ${MARKER} does not say that it is a memory of version ${VERSION}`, FOLDER.elsewhere);
}

const marker = z.object({ format: z.literal("foresight-memory"), version: z.literal(VERSION) });

function markerOf(folder: OwnFolder): unknown {
  try {
    return parseJson(folder.text(MARKER, MARKER_BYTES_MAX));
  } catch {
    return undefined;
  }
}

const unusable = ({ path }: OwnFolder, why: string, remedy: string): AgentError =>
  new AgentError("state.unwritable", `memory ${path}: ${why}; ${remedy}`);

function readOrSetAside(folder: OwnFolder, name: string, said: string[]): readonly Kept[] {
  const episode = contentOf(folder, name);
  if (typeof episode !== "string") return [{ name, episode }];
  said.push(`${folder.path}/${name} is not remembered: ${episode}; it is now ${folder.setAside(name)}`);
  return [];
}

function contentOf(folder: OwnFolder, name: string): Episode | string {
  try {
    return readEpisode(folder.text(name, EPISODE_BYTES_MAX));
  } catch (cause) {
    return `it cannot be read (${faultOf(cause)})`;
  }
}

const fits = ({ modelHash, goal, latents, actions }: Episode, options: MemoryOptions): boolean =>
  modelHash === options.modelHash &&
  goal.length === options.latentDim &&
  actions.length * options.latentDim === latents.length * options.actionDim;

/** The oldest that failed, or the oldest. */
const worst = (kept: readonly Kept[]): number =>
  Math.max(
    0,
    kept.findIndex(({ episode }) => !episode.succeeded),
  );

const asideIn = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => ASIDE.test(name))
    .sort();

const numberOf = (name: string): number => Number(name.slice("episode-".length, "episode-".length + 8));
