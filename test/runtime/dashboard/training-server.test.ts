import assert from "node:assert/strict";
import { test } from "node:test";
import { openTrainingPage } from "../../../runtime/dashboard/training-server.ts";

const point = (step: number) => ({ phase: "encoder", step, figures: { loss: 1 / step }, progress: step / 4000, leftS: 10 });

test("the page of a training is served to this machine, with all points so far", async () => {
  await using page = await openTrainingPage({ title: "training push", port: 0 });
  assert.match(page.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  for (const path of ["", "training.js", "style.css", "uplot.js", "uplot.css", "icon.svg"]) {
    assert.equal((await fetch(page.url + path)).status, 200, path);
  }
  page.show(point(1));
  page.show(point(2));
  assert.deepEqual(await (await fetch(`${page.url}curves`)).json(), { title: "training push", phases: { encoder: [point(1), point(2)] } });
});

test("a long training keeps a curve of bounded length, and its newest point", async () => {
  await using page = await openTrainingPage({ title: "long", port: 0 });
  for (let step = 1; step <= 3000; step++) page.show(point(step));
  const { phases } = (await (await fetch(`${page.url}curves`)).json()) as { phases: { encoder: { step: number }[] } };
  assert.ok(phases.encoder.length <= 1000, `${phases.encoder.length} points`);
  assert.equal(phases.encoder.at(-1)?.step, 3000);
});

test("another site's script is turned away", async () => {
  await using page = await openTrainingPage({ title: "test", port: 0 });
  const answer = await fetch(`${page.url}curves`, { headers: { origin: "http://evil.example" } });
  assert.equal(answer.status, 403);
});
