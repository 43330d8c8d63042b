/** What keeps the thread busy is done before there is a robot that would miss it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Blueprint } from "../../../launch/blueprint.ts";
import type { Crew } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { createMinds } from "../../../launch/run/minds.ts";
import type { Brain } from "../../../runtime/assemble/brain.ts";

const faults = ["faults:=[]", "faults:=[{ fault: model-nan, fromS: 3 }]"];
for (const change of faults) {
  test(`the networks of the first skill are opened before the robot: ${change}`, async () => {
    const config = loadLaunch("launch/panda-push.launch.yaml", [change]);
    const opened: string[] = [];
    const brain = async ({ name }: { readonly name: string }) => {
      opened.push(name);
      return { [Symbol.asyncDispose]: async () => {} } as unknown as Brain;
    };
    await using minds = createMinds({ config, model: { spec: { name: "push" } } } as Blueprint, { say: () => {} });
    await minds.prepare({ brain } as unknown as Crew);
    assert.deepEqual(opened, ["push"]);
  });
}
