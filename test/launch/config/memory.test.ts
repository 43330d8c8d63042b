/** What an agent remembers, in a launch file: off unless it is asked for, bounded, and only where a planner judges it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { base, files, problems } from "./launch-files.ts";

const withMemory = (memory: string, more = ""): string => files({ "a.yaml": `${base}${more}memory: ${memory}\n` });

test("nothing is remembered where no folder is named; with one, a hundred attempts, four offered", () => {
  assert.equal(loadLaunch(files({ "a.yaml": base })).memory, undefined);
  assert.deepEqual(loadLaunch(withMemory("{ folder: ./own }")).memory, { folder: "./own", episodes: 100, candidates: 4 });
});

test("more than a plan takes, or a folder of any size, is refused with its key", () => {
  assert.match(problems(withMemory("{ folder: ./own, candidates: 5 }"))[0] ?? "", /memory\.candidates/);
  assert.match(problems(withMemory("{ folder: ./own, episodes: 201 }"))[0] ?? "", /memory\.episodes/);
  assert.match(problems(withMemory("{ candidates: 2 }"))[0] ?? "", /memory\.folder/);
});

test("where nobody plans, nobody judges what memory offers, and that is said", () => {
  const said = problems(withMemory("{ folder: ./own }", "planner: { policy: mode1 }\n"))[0] ?? "";
  assert.match(said, /memory: planner\.policy "mode1" judges nothing that memory offers; use mode2, or leave memory out/);
});
