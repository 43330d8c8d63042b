/** What is asked of Gazebo's marker services, by a node of ours that plays them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawPath } from "../../../../../runtime/bridge/gazebo/arm/drawing.ts";
import type { GazeboMessage } from "../../../../../runtime/bridge/gazebo/message-types.ts";
import { until } from "../../../../helpers/until.ts";
import { twoNodes } from "../two-nodes.ts";

const PATH_M = [
  [0, 0, 0],
  [0.1, 0, 0],
  [0.1, 0.3, 0],
] as const;

/** Two nodes, the first offering these scenes and remembering what is drawn into each. */
async function painters(scenes: readonly string[], isTaken = true) {
  const { a, b } = await twoNodes();
  const drawn = new Map<string, GazeboMessage<"Marker">[]>();
  for (const scene of scenes) {
    a.offer(scene, "Marker_V", "Boolean", ({ marker }) => {
      drawn.set(scene, marker);
      return { data: isTaken };
    });
  }
  await until("b knows them", () => b.services().filter(({ partition }) => partition === b.partition).length === scenes.length);
  return { node: b, drawn };
}

test("the path is drawn from its first point to its last, with the goal, into the sensors' scene and the GUI's", async () => {
  const { node, drawn } = await painters(["/sensors/marker_array", "/marker_array"]);
  await drawPath({ node }, PATH_M, [0.5, 0.5, 0.02]);
  assert.deepEqual([...drawn.keys()], ["/sensors/marker_array", "/marker_array"]);
  for (const markers of drawn.values()) {
    const places = markers.map(({ pose }) => [pose?.position?.x, pose?.position?.y, pose?.position?.z]);
    assert.deepEqual([places[0], places.at(-2), places.at(-1)], [PATH_M[0], PATH_M.at(-1), [0.5, 0.5, 0.02]]);
    assert.ok(
      places.slice(0, -1).every(([x, y]) => y === 0 || Math.abs(x! - 0.1) < 1e-12),
      "every bead is on the path",
    );
  }
});

test("the next drawing replaces the last, and one that is not renewed ends: the same numbers but zero, and a lifetime", async () => {
  const { node, drawn } = await painters(["/sensors/marker_array"]);
  await drawPath({ node }, PATH_M, null);
  const first = drawn.get("/sensors/marker_array")!;
  await drawPath({ node }, [PATH_M[2], PATH_M[0]], null);
  const second = drawn.get("/sensors/marker_array")!;
  const identities = (markers: typeof first) => markers.map(({ ns, id }) => `${ns} ${id}`);
  assert.deepEqual(identities(first), identities(second));
  assert.equal(new Set(identities(first)).size, first.length);
  assert.ok(first.every(({ id, lifetime }) => id > 0n && lifetime?.sec === 1n));
});

test("a drawing that is not taken says where to look", async () => {
  const { node } = await painters(["/marker_array"], false);
  await assert.rejects(drawPath({ node }, PATH_M, null), {
    code: "bridge.refused",
    message: 'Gazebo refused to draw on "/marker_array"; look into its own log',
  });
});
