/** What a recording keeps: every number to the last bit, what is no recording is refused by name, and how decisions are held against one. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import * as fc from "fast-check";
import { atRest, quinticSegment } from "../../../runtime/core/segment.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import { createDecisionReader } from "../../../runtime/record/channels/decision-reader.ts";
import { exactJson, plain } from "../../../runtime/record/channels/exact.ts";
import { messagesOf } from "../../../runtime/record/channels/messages-of.ts";
import { jointsOf } from "../../../runtime/record/channels/read-sample.ts";
import { compareDecisions, DIFFERENCES_TOLD_MAX } from "../../../runtime/record/compare.ts";
import { readHeader, readRecording } from "../../../runtime/record/recording.ts";
import { jointsAt, runFacts, tickAt } from "../../helpers/run-news.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-recording-"));
after(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const segment = quinticSegment({ id: 3, startNs: 7n, from: atRest(Float64Array.of(0.1, -0)), toRad: [0.2, 1 / 3], durationS: 0.2 });
const decision = {
  index: 0,
  stampNs: 7n,
  jointsRad: Float64Array.of(0.1, -0),
  latent: Float32Array.of(0.1, 1e-30),
  plan: { actions: Float32Array.of(0.5), cost: 1 },
  why: ["table: 2 mm too low"],
  segment,
} as unknown as Tick["decision"];
async function written(sample: Sample) {
  const [message] = messagesOf({ kind: "sample", what: sample, atNs: 5n }, { facts: runFacts, pictures: "png" });
  return jointsOf({ ...message!, data: await message!.data() });
}
const reading = () => ({ positionRad: Float64Array.of(1), velocityRadPerS: Float64Array.of(0), stampNs: 1n, receivedNs: 2n });

describe("recording", () => {
  it("keeps numbers to the last bit, negative zeros and what is no number", () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const back = JSON.parse(exactJson({ values: Float64Array.from(values) })).values.map(Number) as number[];
        assert.ok(back.every((value, at) => Object.is(value, values[at])));
      }),
    );
    assert.equal(exactJson({ stampNs: 7n, why: '"-0"', z: [-0, 0] }), '{"stampNs":"7","why":"\\"-0\\"","z":[-0,0]}');
  });

  it("keeps what each drive gives to the last bit, and invents none where one of them is no number", async () => {
    const joints = {
      ...reading(),
      positionRad: Float64Array.of(1, 2),
      velocityRadPerS: new Float64Array(2),
      effortNm: Float64Array.of(-0, 1 / 3),
    };
    assert.deepEqual(await written({ kind: "joints", joints }), joints);
    const { effortNm, ...without } = joints;
    assert.deepEqual(
      await written({ kind: "joints", joints: { ...without, effortNm: Float64Array.of(Number.NaN, effortNm[1]!) } }),
      without,
    );
    assert.deepEqual(await written({ kind: "joints", joints: without }), without);
  });

  it("keeps what the gripper was told and what was felt at it, and invents neither", async () => {
    const felt: Sample = { kind: "joints", joints: { ...reading(), gripper: { openingM: 0.05 } } };
    assert.deepEqual(await written(felt), felt.joints);
    assert.ok(!("gripper" in (await written({ kind: "joints", joints: reading() }))));
    for (const gripper of [{}, { gripper: { openingM: 0, speedMPerS: 0.1, forceN: 1 / 3 } }]) {
      const told = tickAt(0, 7n, { segment: { ...segment, ...gripper } });
      const reader = createDecisionReader();
      const messages = messagesOf({ kind: "tick", what: told, atNs: 9n }, { facts: runFacts, pictures: "png" });
      for (const { topic, data } of messages)
        assert.deepEqual(reader.add(topic, await data())?.segment ?? told.decision.segment, told.decision.segment);
    }
  });

  it("keeps what was sensed exactly, even what is no number", async () => {
    const sample = jointsAt(1n, [Number.NaN, -0, 1 / 3, Number.NEGATIVE_INFINITY]);
    assert.ok(sample.kind === "joints");
    assert.deepEqual(await written(sample), sample.joints);
  });

  it("puts a decision together again, and misses a part that is lost", async () => {
    const tick = tickAt(3, 7n, { plan: null, segment: null });
    for (const [told, lost] of [
      [tick, null],
      [tickAt(4, 7n), null],
      [tickAt(4, 7n), "/verdict"],
    ] as const) {
      const reader = createDecisionReader();
      const read = async () => {
        const messages = messagesOf({ kind: "tick", what: told, atNs: 9n }, { facts: runFacts, pictures: "png" });
        const found = [];
        for (const { topic, data } of messages) if (topic !== lost) found.push(reader.add(topic, await data()));
        return found.flatMap((each) => each ?? []);
      };
      if (lost) await assert.rejects(read(), /decision 4 has no \/verdict before its \/tick/);
      else assert.deepEqual(await read(), [{ decision: plain(told.decision), segment: told.decision.segment }]);
    }
  });

  it("is refused by name where it is none, or of the old kind", async () => {
    const refusal = (why: RegExp) => ({ code: "launch.invalid", message: why });
    await assert.rejects(readHeader(join(folder, "none.mcap")), refusal(/none\.mcap: ENOENT/));
    await assert.rejects(readHeader(fileOf("empty.mcap", "")), refusal(/empty\.mcap: it is empty; record it again or name another file/));
    await assert.rejects(readRecording(fileOf("text.mcap", "hello\n")), refusal(/text\.mcap: it is no MCAP file; record it again/));
    const old = fileOf("old.jsonl", '{"kind":"header","format":1}\n');
    await assert.rejects(readRecording(old), refusal(/old\.jsonl: it has the JSON lines of foresight before .* record it again/));
  });
});

describe("comparison of decisions", () => {
  it("finds nothing in the same decisions after a way through a file", () => {
    const comparison = compareDecisions([JSON.parse(exactJson(decision))]);
    comparison.add(decision);
    assert.deepEqual(comparison.result(), { recorded: 1, made: 1, differing: 0, differences: [] });
  });

  it("finds one bit, and names the field and the size", () => {
    const comparison = compareDecisions([plain(decision)]);
    comparison.add({ ...decision, latent: Float32Array.of(0.1, 2e-30) });
    assert.deepEqual(comparison.result().differences, ["decision 0 differs in latent (1 value, at most by 1.0e-30)"]);
  });

  it("compares the numbers that motions are known by, unless others moved the arm too", () => {
    const { decision } = tickAt(0, 7n);
    assert.ok(decision.segment);
    const renumbered = { ...decision, segment: { ...decision.segment, id: decision.segment.id + 1 } };
    assert.match(compareDecisions([plain(decision)]).add(renumbered) ?? "", /segment/);
    const others = () => compareDecisions([plain(decision)], { othersMoved: true });
    assert.equal(others().add(renumbered), null);
    assert.match(others().add({ ...decision, segment: { ...decision.segment, startNs: 1n } }) ?? "", /segment/);
  });

  it("finds the sign of a zero", () => {
    const comparison = compareDecisions([plain(decision)]);
    comparison.add({ ...decision, jointsRad: Float64Array.of(0.1, 0) });
    assert.deepEqual(comparison.result().differences, ["decision 0 differs in jointsRad (1 value, at most by 0.0e+0)"]);
  });

  it("names parts of a plan, and words without a size", () => {
    const comparison = compareDecisions([plain(decision)]);
    const plan = { ...decision.plan, actions: Float32Array.of(0.25) } as Tick["decision"]["plan"];
    comparison.add({ ...decision, plan, why: ["speed"], segment: null });
    assert.deepEqual(comparison.result().differences, [
      "decision 0 differs in plan.actions (1 value, at most by 2.5e-1), why (1 value), segment (1 value)",
    ]);
  });

  it("tells decisions that are missing or too many, and not without end", () => {
    const missing = compareDecisions([plain(decision), plain(decision)]);
    missing.add(decision);
    assert.deepEqual(missing.result().differences, ["2 decisions were recorded, 1 were made"]);
    const tooMany = compareDecisions([]);
    for (let i = 0; i < DIFFERENCES_TOLD_MAX + 5; i++) tooMany.add(decision);
    assert.equal(tooMany.result().differing, DIFFERENCES_TOLD_MAX + 5);
    assert.equal(tooMany.result().differences.length, DIFFERENCES_TOLD_MAX);
    assert.equal(tooMany.result().differences[0], "decision 0 was not recorded");
  });
});
