import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCurves, createCurves } from "../../../runtime/dashboard/curves.ts";
import { openTrainingPage } from "../../../runtime/dashboard/training-server.ts";

const point = (step: number) => ({ phase: "encoder", step, figures: { loss: 1 / step }, progress: step / 4000, leftS: 10 });

test("the page of a training is served to this machine, with all points so far", async () => {
  const curves = createCurves("training push");
  await using page = await openTrainingPage({ curves, port: 0 });
  assert.match(page.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  for (const path of ["", "start.js", "chart.js", "training.js", "style.css", "uplot.js", "uplot.css", "icon.svg"]) {
    assert.equal((await fetch(page.url + path)).status, 200, path);
  }
  curves.add(point(1));
  curves.add(point(2));
  assert.deepEqual(await (await fetch(`${page.url}views.json`)).json(), ["training"]);
  assert.deepEqual(await (await fetch(`${page.url}curves`)).json(), { title: "training push", phases: { encoder: [point(1), point(2)] } });
});

test("a long training keeps a curve of bounded length, and its newest point", async () => {
  const curves = createCurves("long");
  for (let step = 1; step <= 3000; step++) curves.add(point(step));
  const encoder = curves.all().phases["encoder"] ?? [];
  assert.ok(encoder.length <= 1000, `${encoder.length} points`);
  assert.equal(encoder.at(-1)?.step, 3000);
  assert.deepEqual(checkCurves(JSON.parse(JSON.stringify(curves.all()))), curves.all(), "as a package keeps it");
});

test("another site's script is turned away", async () => {
  await using page = await openTrainingPage({ curves: createCurves("test"), port: 0 });
  const answer = await fetch(`${page.url}curves`, { headers: { origin: "http://evil.example" } });
  assert.equal(answer.status, 403);
});
