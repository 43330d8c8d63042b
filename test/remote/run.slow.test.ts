/** A whole run whose plans are made on a server of ours: the same decisions as here, and the task goes on when the server is killed in the middle. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startCli } from "../helpers/cli.ts";
import { startServe, TOKEN } from "./peers.ts";

const LAUNCH = ["run", "launch/panda-push.launch.yaml", "backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1"];
const start = (provider: string) => startCli([...LAUNCH, `model.provider:=${provider}`]);
/** What the run came to: the line of its goal and its number of decisions. */
const endOf = (out: string): readonly string[] => out.split("\n").filter((line) => /^(goal|decisions) /.test(line));

test("plans that are made on a server bring the object where plans made here do, decision for decision", async () => {
  await using serving = await startServe();
  const there = await start(`{server: "${serving.url}", token: "${TOKEN}", deadlineMs: 10000}`).result;
  const here = await start("cpu").result;
  assert.match(there.out, /planning on server/, there.err);
  assert.match(there.out, /goal +reached/);
  assert.deepEqual(endOf(there.out), endOf(here.out));
});

test("a server that is killed in the middle of a task is told once, and the task ends as it would have", async () => {
  await using serving = await startServe();
  const run = start(`{server: "${serving.url}", token: "${TOKEN}", deadlineMs: 10000}`);
  await run.saw(/planning on server/);
  serving.process.kill("SIGKILL");
  const { out, err, code } = await run.result;
  assert.equal(code, 0, err);
  assert.match(out, /goal +reached/);
  assert.equal(out.match(/the inference server does not do its part/g)?.length, 1, out);
});
