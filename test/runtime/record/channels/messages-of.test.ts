/** The channel table: every message is what its schema says, nothing of a run is lost in it, and the README shows it as it is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { packageRoot } from "../../../../runtime/core/package-root.ts";
import { cameraAxes } from "../../../../runtime/core/projection.ts";
import { createRng } from "../../../../runtime/core/rng.ts";
import { exactJson, plain } from "../../../../runtime/record/channels/exact.ts";
import type { News } from "../../../../runtime/record/channels/message.ts";
import { messagesOf } from "../../../../runtime/record/channels/messages-of.ts";
import { decodePicture } from "../../../../runtime/record/channels/pictures.ts";
import { ours, schemaOf } from "../../../../runtime/record/channels/schemas.ts";
import { CHANNELS, channelsOf } from "../../../../runtime/record/channels/table.ts";
import { frameAt, jointsAt, runFacts, tickAt } from "../../../helpers/run-news.ts";

const ajv = new Ajv({ strict: false });
const atNs = 1_500_000_000n;
const fault = {
  error: new AgentError("sense.stale", "camera is late"),
  decision: { reaction: "hold", reason: "It may come back." },
} as const;
const news: readonly News[] = [
  { kind: "begin", what: runFacts, atNs },
  { kind: "sample", what: { kind: "frame", frame: frameAt(7n) }, atNs },
  { kind: "sample", what: jointsAt(9n), atNs },
  { kind: "sample", what: jointsAt(9n, [Number.NaN, 1]), atNs },
  { kind: "goal", what: { kind: "image", frames: [frameAt(3n)] }, atNs },
  { kind: "goal", what: { kind: "tool", positionM: [0.5, 0, 0.1] }, atNs },
  { kind: "tick", what: tickAt(0, 7n), atNs },
  { kind: "tick", what: tickAt(1, 8n, { plan: null, segment: null, verdict: "stop" }), atNs },
  { kind: "state", what: { agent: "holding", task: "running", skills: [], reason: "held", mayAct: false }, atNs },
  { kind: "fault", what: fault, atNs },
  { kind: "instant", what: { kind: "begun", atNs, effectNs: 9n, chance: createRng(1).state(), frames: [], jointsNs: 3n }, atNs },
  { kind: "instant", what: { kind: "judged", atNs, candidates: 64 }, atNs },
  { kind: "instant", what: { kind: "failed", atNs, code: "plan.late", message: "late" }, atNs },
  { kind: "instant", what: { kind: "held", atNs, frames: [{ camera: "front", stampNs: 7n }], jointsNs: 3n }, atNs },
  { kind: "instant", what: { kind: "commanded", atNs, who: "page", command: "hold" }, atNs },
  { kind: "instant", what: { kind: "overridden", atNs, segment: tickAt(0, 7n).decision.segment! }, atNs },
  { kind: "event", what: { segmentId: 3, kind: "aborted", atNs: 4n, reason: "stop" }, atNs },
];

async function written(told: readonly News[] = news) {
  const messages = told.flatMap((each) => messagesOf(each, { facts: runFacts, pictures: "png" }));
  return Promise.all(
    messages.map(async ({ data, ...message }) => ({ ...message, content: JSON.parse(new TextDecoder().decode(await data())) })),
  );
}

test("every message is on a channel of the table and is what its schema says", async () => {
  const channels = new Map(channelsOf(runFacts).map(({ topic, schema }) => [topic, schema]));
  const seen = new Set<string>();
  for (const { topic, schema, content } of await written()) {
    assert.equal(channels.get(topic), schema, topic);
    const isValid = ajv.compile(schemaOf(schema));
    assert.ok(isValid(content), `${topic}: ${ajv.errorsText(isValid.errors)}`);
    if (schema in ours) ours[schema as keyof typeof ours].parse(content);
    seen.add(topic);
  }
  const silent = [...channels.keys()].filter((topic) => !seen.has(topic));
  assert.deepEqual(silent, ["/end"], "only a recorder writes an end");
});

test("a decision is put together again from its messages, to the last bit and whatever fields it has", async () => {
  const tick = tickAt(4, 7n, { surprise: Number.POSITIVE_INFINITY, other: "kept" } as object);
  const parts = await written([{ kind: "tick", what: tick, atNs }]);
  const at = (topic: string) => parts.find((part) => part.topic === topic)!.content;
  const text = parts.map(({ content }) => exactJson(content)).join("\n");
  assert.match(text, /-0[,\]]/, "a negative zero stays one");
  assert.deepEqual([at("/tick").surprise, at("/tick").other], ["Infinity", "kept"]);
  assert.deepEqual(at("/tick").jointsRad, [0.1, -0]);
  assert.deepEqual(at("/latent").latent, plain(tick.decision.latent));
  assert.deepEqual(at("/segment").knots, plain(tick.decision.segment?.knots));
});

test("a picture comes back with every pixel", async () => {
  const [picture] = await written([{ kind: "sample", what: { kind: "frame", frame: frameAt(7n) }, atNs }]);
  const frame = frameAt(7n);
  assert.deepEqual(await decodePicture(Buffer.from(picture?.content.data, "base64")), { rgb: frame.rgb, widthPx: 3, heightPx: 2 });
  assert.deepEqual([picture?.stampNs, picture?.receivedNs], [frame.stampNs, frame.receivedNs]);
});

test("a camera's frame looks along its own axes: z forward, x to the right, y down", async () => {
  const [, , begin] = await written(news.slice(0, 1));
  const { x, y, z, w } = begin!.content.transforms[0].rotation;
  const forward = [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)];
  const right = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)];
  const axes = cameraAxes(runFacts.cameras[0]!);
  for (const [found, expected] of [
    [forward, axes.forward],
    [right, axes.right],
  ] as const)
    for (const [at, value] of found.entries()) assert.ok(Math.abs(value - expected[at]!) < 1e-12, `${found} is not ${expected}`);
});

test("the README's table of channels is the table", () => {
  const readme = readFileSync(join(packageRoot, "runtime/record/README.md"), "utf8");
  const rows = Object.values(CHANNELS).map(({ topic, schema, about }) => `| \`${topic}\` | ${schema} | ${about} |`);
  for (const row of rows) assert.ok(readme.includes(row), `missing: ${row}`);
  assert.equal(readme.split("\n").filter((line) => line.startsWith("| `/")).length, rows.length);
});
