/** Films of the Panda's own simulator: the past of a pair is the same to the last bit, and what happens then is seen. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { simSection } from "../../../../launch/backends/sim/backend.ts";
import { type Crew, draw, openCrew } from "../../../../launch/compose.ts";
import { loadLaunch } from "../../../../launch/config/load.ts";
import { rises } from "../../../../launch/measure/physics/events/rises.ts";
import { untouched } from "../../../../launch/measure/physics/events/untouched.ts";
import { vanishes } from "../../../../launch/measure/physics/events/vanishes.ts";
import { openStudio, type Studio, type Take } from "../../../../launch/measure/physics/studio.ts";
import { openViewer } from "../../../../launch/measure/physics/viewer.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { poseOf } from "../../../../runtime/core/trial.ts";
import { writeTinyModel } from "../../../helpers/tiny-model.ts";

const FIRST = 6;
const DECISIONS = 10;
const picturesOf = ({ shots }: Take): readonly string[] =>
  shots.map(({ observation }) => observation.frames.map(({ rgb }) => Buffer.from(rgb).toString("base64")).join());

let crew: Crew;
let studio: Studio;
let take: Take;
let blueprint: Awaited<ReturnType<typeof draw>>;
before(async () => {
  const overrides = [`model.path:=${writeTinyModel()}`, "backend.mode:=lockstep", "dashboard.enabled:=false"];
  blueprint = await draw(loadLaunch(join(packageRoot, "launch/panda-push.launch.yaml"), overrides));
  crew = await openCrew(blueprint);
  studio = await openStudio(blueprint, simSection(blueprint.config, "a test"), crew);
  take = (await studio.film(1000, DECISIONS))!;
});
after(async () => {
  await studio[Symbol.asyncDispose]();
  await crew[Symbol.asyncDispose]();
});

test("untouched, the same actions give the same pictures to the last bit", async () => {
  const again = await studio.again(take, untouched, FIRST, DECISIONS);
  assert.equal(take.shots.length, DECISIONS);
  assert.deepEqual(picturesOf(again!), picturesOf(take));
});

test("an event is seen by the decision that it is for, and by none before it; the same was commanded all the way", async () => {
  const other = (await studio.again(take, vanishes, FIRST, DECISIONS))!;
  const same = picturesOf(other).map((picture, i) => picture === picturesOf(take)[i]);
  assert.deepEqual(same.slice(0, FIRST), new Array(FIRST).fill(true));
  assert.equal(same[FIRST], false);
  assert.deepEqual(
    other.shots.map(({ moved }) => [...moved]),
    take.shots.map(({ moved }) => [...moved]),
  );
  assert.ok(poseOf(other.shots[FIRST]!.truth.objects, "cube").positionM[2] < -1, "it is under the floor");
});

test("what rises by itself is 2 cm higher at its first decision, and the next film knows nothing of it", async () => {
  const heightM = (of: Take): number => poseOf(of.shots[FIRST]!.truth.objects, "cube").positionM[2];
  const other = (await studio.again(take, rises, FIRST, DECISIONS))!;
  assert.ok(Math.abs(heightM(other) - heightM(take) - 0.02) < 2e-3);
  assert.deepEqual(picturesOf((await studio.film(1000, DECISIONS))!), picturesOf(take));
});

test("a viewer is surprised once a decision but for the first, and who expects no change by what changed", async () => {
  await using viewer = await openViewer(blueprint.model, crew);
  const { model, error, copy } = await viewer.watch(take.shots);
  assert.equal(error, null, "this card says nothing of what is usual");
  assert.equal(model.length, DECISIONS - 1);
  assert.equal(copy.length, DECISIONS - 1);
  assert.ok([...model, ...copy].every((value) => value >= 0));
});
