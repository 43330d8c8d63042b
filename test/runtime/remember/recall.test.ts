/** What memory offers, with a critic that is known by heart: the distance over the table in decisions. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { openSession } from "../../../runtime/graph/session.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import type { Episode } from "../../../runtime/remember/episode.ts";
import { createRecall } from "../../../runtime/remember/recall.ts";
import { TINY_SCALE_M, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const model = await loadModelPackage(writeTinyModel());
const HORIZON = 3;
const START: Vec3 = [0.5, 0, 0.03];

/** A point mass that goes along x from a place, as told; its y tells the second action entry. */
function episode(fromM: Vec3, xs: readonly number[]): Episode {
  const places: Vec3[] = [fromM];
  for (const x of xs) places.push([places.at(-1)![0] + x * TINY_SCALE_M, fromM[1], fromM[2]]);
  return {
    modelHash: model.modelHash,
    goal: tinyLatent(places.at(-1)!).fill(0, 3),
    succeeded: true,
    latents: Float32Array.from(places.slice(0, -1).flatMap((place) => [...tinyLatent(place)])),
    actions: Float32Array.from(xs.flatMap((x) => [x, 0])),
  };
}

async function offers(episodes: readonly Episode[], goalM: Vec3, candidates = 4) {
  const open = (bytes: Uint8Array) => openSession(bytes, { provider: "cpu", threads: 1 });
  await using recall = await createRecall({ package: model, open, memory: { candidates, episodes }, horizon: HORIZON });
  return (await recall.offers(tinyLatent(START), tinyLatent(goalM).fill(0, 3))).map((actions) =>
    [...actions].filter((_, i) => i % 2 === 0),
  );
}

const AHEAD: Vec3 = [START[0] + 3 * TINY_SCALE_M, 0, 0.03];

it("nothing is offered where nothing is remembered", async () => {
  assert.deepEqual(await offers([], AHEAD), []);
});

it("what came nearest to the goal from a place like this comes first, whatever the episode's own goal was", async () => {
  const [back, ahead, slow] = [episode(START, [-1, -1, -1, -1]), episode(START, [1, 1, 1, 1]), episode(START, [0.5, 0.5, 0.5, 0.5])];
  assert.deepEqual(await offers([back, slow, ahead], AHEAD), [
    [1, 1, 1],
    [0.5, 0.5, 0.5],
    [-1, -1, -1],
  ]);
});

it("an episode is gone on with from its moment that is most like now", async () => {
  const through = episode([START[0] - 2 * TINY_SCALE_M, 0, 0.03], [1, 1, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(await offers([through], AHEAD), [[0.25, 0.5, 0.75]]);
});

it("what began far away is offered after what began here, though it ends as near", async () => {
  const far = episode([START[0], 0.3, 0.03], [0.75, 0.75, 0.75, 0]);
  assert.deepEqual((await offers([far, episode(START, [1, 1, 1, 0])], AHEAD))[0], [1, 1, 1]);
});

it("no more are offered than are asked for", async () => {
  const many = Array.from({ length: 40 }, (_, i) => episode(START, [i / 64, 0, 0]));
  assert.equal((await offers(many, AHEAD, 2)).length, 2);
});

it("behind the end of an episode the arm stays where it is", async () => {
  assert.deepEqual(await offers([episode(START, [0.5])], AHEAD), [[0.5, 0, 0]]);
});
