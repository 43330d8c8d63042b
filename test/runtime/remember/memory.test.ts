/** The folder of episodes: what survives, what is dropped, what is not believed. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { type Episode, episodeText } from "../../../runtime/remember/episode.ts";
import { type Memory, openMemory } from "../../../runtime/remember/memory.ts";

const root = mkdtempSync(join(tmpdir(), "foresight-memory-"));
after(() => rmSync(root, { recursive: true }));
const HASH = "a".repeat(64);
let folders = 0;
const newFolder = (): string => join(root, `${folders++}`);
const open = (folder: string, more: { modelHash?: string; latentDim?: number; episodesMax?: number } = {}): Memory =>
  openMemory({ folder, modelHash: HASH, latentDim: 2, actionDim: 1, episodesMax: 100, ...more });

/** Two decisions; told from others by its goal. */
const episode = (goal: number, more: Partial<Episode> = {}): Episode => ({
  modelHash: HASH,
  goal: Float32Array.of(goal, 0),
  succeeded: true,
  latents: Float32Array.of(0.1, -0, 1 / 3, 4),
  actions: Float32Array.of(1e-30, -1),
  ...more,
});

const goalsIn = ({ episodes }: Memory): number[] => episodes.map(({ goal }) => goal[0]!);

/** A folder that holds these. */
function remembering(episodes: readonly Episode[]): string {
  const folder = newFolder();
  using memory = open(folder);
  for (const each of episodes) memory.keep(each);
  return folder;
}

it("an episode is there again after a restart, bit for bit, in the order of their making", () => {
  const [first, second] = [episode(1), episode(2, { succeeded: false })];
  using memory = open(remembering([first, second]));
  assert.deepEqual(memory.episodes, [first, second]);
  assert.deepEqual(memory.said, []);
});

it("of more than it may keep those that failed go first, the oldest of them before others, then the oldest", () => {
  const failed = { succeeded: false };
  const folder = remembering([episode(1), episode(2, failed), episode(3), episode(4, failed)]);
  using memory = open(folder, { episodesMax: 3 });
  assert.deepEqual(goalsIn(memory), [1, 3, 4]);
  memory.keep(episode(5));
  assert.deepEqual(goalsIn(memory), [1, 3, 5]);
  memory.keep(episode(6));
  assert.deepEqual(goalsIn(memory), [3, 5, 6]);
  memory.keep(episode(7, failed));
  assert.deepEqual(goalsIn(memory), [3, 5, 6], "a failure displaces no success");
  assert.equal(readdirSync(folder).filter((name) => name.startsWith("episode-")).length, 3);
});

it("what another model remembers stays in the folder, is not used and is told of", () => {
  const folder = remembering([episode(1), episode(2, { modelHash: "b".repeat(64) })]);
  using memory = open(folder);
  assert.deepEqual(goalsIn(memory), [1]);
  assert.match(memory.said.join(), /1 of 2 episodes are of another model and are not used/);
  assert.equal(readdirSync(folder).filter((name) => name.startsWith("episode-")).length, 2);
});

it("an episode of other sizes is not used, whatever its model's hash says", () => {
  using memory = open(remembering([episode(1)]), { latentDim: 4 });
  assert.deepEqual(memory.episodes, []);
});

for (const [what, why, damage] of [
  ["cut off", /is not remembered: it is damaged, or no episode/, (text) => text.slice(0, text.length / 2)],
  [
    "changed by a digit",
    /is not remembered: it is damaged: its checksum does not fit/,
    (text) => text.replace('"actions":"', '"actions":"AAAA'),
  ],
  [
    "of numbers that are none",
    /is not remembered: a number in it is not finite/,
    () => episodeText(episode(1, { actions: Float32Array.of(Number.NaN, 1) })),
  ],
  [
    "of sizes that do not fit",
    /is not remembered: its 2 decisions have 4 latent entries and 3 action entries/,
    () => episodeText(episode(1, { actions: new Float32Array(3) })),
  ],
  ["something else", /is not remembered: it is damaged, or no episode/, () => '{"format":"foresight-memory"}'],
] as const satisfies readonly (readonly [string, RegExp, (text: string) => string])[]) {
  it(`a file that is ${what} is set aside whole and told of, and the others are used`, () => {
    const folder = remembering([episode(1), episode(2)]);
    const file = join(folder, "episode-00000001.json");
    const damaged = damage(readFileSync(file, "utf8"));
    writeFileSync(file, damaged);
    {
      using memory = open(folder);
      assert.deepEqual(goalsIn(memory), [2]);
      assert.match(memory.said.join(), why);
      assert.match(memory.said.join(), /it is now episode-00000001\.json\.set-aside$/);
    }
    assert.equal(readFileSync(`${file}.set-aside`, "utf8"), damaged);
    using again = open(folder);
    assert.deepEqual(again.said, [], "told of once");
    again.keep(episode(3));
    assert.deepEqual(goalsIn(again), [2, 3]);
  });
}

it("at most eight files that were set aside are kept", () => {
  const folder = remembering(Array.from({ length: 12 }, (_, i) => episode(i)));
  for (const name of readdirSync(folder)) if (name.startsWith("episode-")) writeFileSync(join(folder, name), "");
  open(folder)[Symbol.dispose]();
  assert.equal(readdirSync(folder).filter((name) => name.endsWith(".set-aside")).length, 8);
});

it("a folder that holds somebody else's files is refused, and nothing is written there", () => {
  const folder = newFolder();
  open(folder)[Symbol.dispose]();
  rmSync(join(folder, "memory.json"));
  writeFileSync(join(folder, "letter.txt"), "");
  assert.throws(() => open(folder), {
    code: "state.unwritable",
    message: /holds "letter.txt" and no memory\.json, so it is no memory of ours/,
  });
  assert.deepEqual(readdirSync(folder), ["letter.txt"]);
});

it("a folder of a version that is not ours is refused, and nothing is written there", () => {
  for (const marker of ['{"format":"foresight-memory","version":2}', "[]", "x"]) {
    const folder = newFolder();
    open(folder)[Symbol.dispose]();
    writeFileSync(join(folder, "memory.json"), marker);
    assert.throws(() => open(folder), {
      code: "state.unwritable",
      message: /its memory\.json does not say that it is a memory of version 1; give/,
    });
    assert.equal(readFileSync(join(folder, "memory.json"), "utf8"), marker);
  }
});

it("where the numbers of files have run out that is said, and what to do", () => {
  const folder = remembering([episode(1)]);
  renameSync(join(folder, "episode-00000001.json"), join(folder, "episode-99999999.json"));
  using memory = open(folder);
  assert.throws(() => memory.keep(episode(2)), {
    code: "state.unwritable",
    message: /: there is no number behind episode-99999999\.json; move that file away$/,
  });
});

it("a folder that another process remembers in is refused", () => {
  const folder = newFolder();
  open(folder)[Symbol.dispose]();
  writeFileSync(join(folder, ".lock"), "another-machine 1\n");
  assert.throws(() => open(folder), { code: "state.unwritable", message: /process 1 on another-machine is writing to it/ });
});
