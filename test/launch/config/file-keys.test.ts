/** Files of a launch file are told from the project's root where another machine is to find them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { fromRoot } from "../../../launch/config/file-keys.ts";

const root = "/opt/foresight";

test("a file of the project is told from its root, and what is no file stays", () => {
  const config = { model: { path: join(root, "robots/panda/world-models/reach"), threads: 2 }, task: { skill: "/not/a/file" } };
  assert.deepEqual(fromRoot(config, root), { ...config, model: { path: "robots/panda/world-models/reach", threads: 2 } });
});

test("a file outside of it, or beside it by name alone, and a robot's own file are refused by key", () => {
  for (const path of ["/opt/foresight-2/model", "/etc", "/opt/foresight/../x"])
    assert.throws(() => fromRoot({ model: { path } }, root), {
      code: "launch.invalid",
      message: /^model\.path: .* is not looked for on other machines; put it under \/opt\/foresight/,
    });
  assert.throws(() => fromRoot({ robot: { file: join(root, "arm.urdf") } }, root), { message: /^robot\.file/ });
});
