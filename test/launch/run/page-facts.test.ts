/** What the page is told of a world that is drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { armFacts, goalsOf } from "../../../launch/run/page-facts.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";

const objectOf = async (...overrides: readonly string[]) =>
  (await armFacts(loadLaunch("launch/panda-push.launch.yaml", overrides), pandaSpec)).scene?.object;

test("the page draws the thing as the trial of the run has it", async () => {
  const plain = await objectOf();
  assert.deepEqual([plain?.kind, plain?.rgba], ["box", [0.85, 0.2, 0.12, 1]]);
  const ball = "backend.vary:={ bodies: { kinds: [ball] } }";
  const [first, again, other] = [await objectOf(ball), await objectOf(ball), await objectOf(ball, "backend.sceneSeed:=2")];
  assert.equal(first?.kind, "sphere");
  assert.deepEqual(again, first);
  assert.notDeepEqual(other?.rgba, first?.rgba);
  assert.notDeepEqual(other?.sizeM, first?.sizeM);
});

const goalKindsOf = async (launch: string, ...overrides: readonly string[]) =>
  goalsOf(await draw(loadLaunch(`launch/${launch}.launch.yaml`, overrides))).map(({ kind }) => kind);

test("the page offers the goals that the planner can do: places too, but to a model that sees and samples subgoals pictures alone", async () => {
  assert.deepEqual(await goalKindsOf("panda-push"), ["object", "image"]);
  assert.deepEqual(await goalKindsOf("panda-pick-place"), ["image"]);
  assert.deepEqual(await goalKindsOf("panda-pick-place", "planner.solver:=cem"), ["object", "image"]);
  assert.deepEqual(await goalKindsOf("panda-pick-place-told"), ["object"]);
});
