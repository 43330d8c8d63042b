/** The committed Gazebo worlds are what the robots' own models say now. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SHIPPED_FOLDER, shippedScenes } from "../../../../launch/cli/gazebo/shipped-scenes.ts";
import { robots } from "../../../../robots/index.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";

test("the committed Gazebo files of every robot are not stale (npm run gazebo:export)", async () => {
  const scenes = await shippedScenes();
  const stale = [...scenes].filter(([name, text]) => {
    const path = join(packageRoot, name);
    return !existsSync(path) || readFileSync(path, "utf8") !== text;
  });
  assert.deepEqual(
    stale.map(([name]) => name),
    [],
  );
});

test("no Gazebo files are left of a robot that is gone", () => {
  assert.deepEqual(readdirSync(join(packageRoot, SHIPPED_FOLDER)).sort(), Object.keys(robots).sort());
});
