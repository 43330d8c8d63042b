/** Play of pick-place in the embedded simulator, through guards and keeper: the cube is really picked up, carried and set down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { robotOf, scaled } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { playEpisode } from "../../../launch/learn/play/episode.ts";
import { openStage } from "../../../launch/learn/play/stage.ts";
import type { Sight } from "../../../runtime/core/play.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { poseOf } from "../../../runtime/core/trial.ts";
import { flatDistanceM } from "../../../runtime/core/vec3.ts";

const EPISODES = 8;
const LIFTED_ZM = 0.06;
const signal = new AbortController().signal;

/** Set down elsewhere: it was up, it is down again more than 5 cm from where it was taken, and the hand is open. */
function placedCount(sights: readonly Sight[]): number {
  let placed = 0;
  let takenAt: Sight | null = null;
  for (const [index, sight] of sights.entries()) {
    const thing = poseOf(sight.objects, "cube").positionM;
    const before = index > 0 ? sights[index - 1]! : null;
    if (thing[2] > LIFTED_ZM) takenAt ??= before;
    else if (takenAt && sight.openingM! > 0.065) {
      if (flatDistanceM(poseOf(takenAt.objects, "cube").positionM, thing) > 0.05) placed++;
      takenAt = null;
    }
  }
  return placed;
}

test("of eight episodes of play most lift the cube, and several set it down elsewhere", async () => {
  const config = loadLaunch("launch/panda-pick-place.launch.yaml", ["backend.mode:=lockstep"]);
  const spec = scaled(await robotOf(config), config.guards);
  await using stage = await openStage(
    { config, spec, play: "scripted", folder: "", seed: 5, productVersion: "0.0.0", resetEvery: 1 },
    null,
  );
  let [lifted, placed, rowCount] = [0, 0, 0];
  for (let episode = 0; episode < EPISODES; episode++) {
    const rng = createRng(100 + episode);
    await stage.begin(episode, rng.fork(0), signal);
    const { player, goesOn } = stage.player(rng.fork(1));
    const sights: Sight[] = [];
    const watched = (sight: Sight) => {
      sights.push(sight);
      return player(sight);
    };
    const { rows, fault } = await playEpisode(stage, { episode, steps: 60, player: watched, goesOn, rng }, signal);
    assert.equal(fault, null);
    rowCount += rows.length;
    lifted += sights.some((sight) => poseOf(sight.objects, "cube").positionM[2] > LIFTED_ZM) ? 1 : 0;
    placed += placedCount(sights);
  }
  const said = `lifted in ${lifted}, set down elsewhere ${placed} times in ${EPISODES} episodes of ${rowCount} decisions`;
  console.log(said);
  assert.ok(lifted >= 5 && placed >= 3 && rowCount >= 0.9 * 60 * EPISODES, said);
});
