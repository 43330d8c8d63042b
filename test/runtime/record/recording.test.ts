/** What a recording keeps: every number to the last bit, and how decisions are held against it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { atRest, quinticSegment } from "../../../runtime/core/segment.ts";
import type { Sample } from "../../../runtime/core/sensing.ts";
import type { Tick } from "../../../runtime/core/tick.ts";
import { compareDecisions, DIFFERENCES_TOLD_MAX } from "../../../runtime/record/compare.ts";
import { readHeader, readRecording } from "../../../runtime/record/recording.ts";
import { decisionLine, goalLine, type Header, parseLine, plain, recordingLine } from "../../../runtime/record/recording-line.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-recording-"));
after(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n"));
  return path;
};

const header: Header = {
  kind: "header",
  format: 1,
  robot: "two-joint",
  mode: "lockstep",
  periodS: 0.2,
  leadMs: 0,
  modelHash: "abc",
  config: { seed: 1 },
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
const frame = { camera: "front", widthPx: 1, heightPx: 1, rgb: Uint8Array.of(1, 2, 3), stampNs: 5n, receivedNs: 6n };

describe("recording", () => {
  it("keeps what was sensed exactly, even what is no number", () => {
    const positionRad = Float64Array.of(Number.NaN, -0, 1 / 3, Number.NEGATIVE_INFINITY);
    const sample: Sample = {
      kind: "joints",
      joints: { positionRad, velocityRadPerS: Float64Array.of(1e-300), stampNs: 1n, receivedNs: 2n },
    };
    const back = parseLine(recordingLine(sample));
    assert.deepEqual(back, sample);
    assert.ok(back.kind === "joints" && Object.is(back.joints.positionRad[1], -0));
  });

  it("keeps what the gripper was told and what was felt at it, and invents neither", () => {
    const felt: Sample = {
      kind: "joints",
      joints: {
        positionRad: Float64Array.of(1),
        velocityRadPerS: Float64Array.of(0),
        gripper: { openingM: 0.05 },
        stampNs: 1n,
        receivedNs: 2n,
      },
    };
    assert.deepEqual(parseLine(recordingLine(felt)), felt);
    const gripping = { ...segment, gripper: { openingM: 0, speedMPerS: 0.1, forceN: 1 / 3 } };
    assert.deepEqual(parseLine(recordingLine(gripping)), { kind: "segment", segment: gripping });
    const bare = parseLine(recordingLine(segment));
    assert.ok(bare.kind === "segment" && !("gripper" in bare.segment));
  });

  it("holds header, goal pictures, and decisions with their segments", async () => {
    const held = { ...decision, segment: null };
    const path = fileOf("run.jsonl", recordingLine(header), goalLine(frame), decisionLine(decision), decisionLine(held));
    const recording = await readRecording(path);
    assert.deepEqual(recording.header, header);
    assert.deepEqual(await readHeader(path), header);
    assert.deepEqual(recording.goalFrames, [frame]);
    assert.deepEqual(recording.segments, [segment]);
    assert.deepEqual(recording.decisions, [plain(decision), plain(held)]);
  });

  it("without a header says how to make one", async () => {
    await assert.rejects(readHeader(fileOf("bare.jsonl", recordingLine(segment))), {
      code: "launch.invalid",
      message: /bare\.jsonl: has no header, so it is no run; make one with "foresight run \.\.\. record:=FILE"/,
    });
    await assert.rejects(readHeader(join(folder, "none.jsonl")), { code: "launch.invalid", message: /none\.jsonl, line 1: ENOENT/ });
    await assert.rejects(readHeader(fileOf("other.jsonl", recordingLine({ ...header, format: 2 as 1 }))), /line 1: .*format/s);
  });
});

describe("comparison of decisions", () => {
  it("finds nothing in the same decisions after a way through a file", async () => {
    const { decisions } = await readRecording(fileOf("same.jsonl", decisionLine(decision)));
    const comparison = compareDecisions(decisions);
    comparison.add(decision);
    assert.deepEqual(comparison.result(), { recorded: 1, made: 1, differing: 0, differences: [] });
  });

  it("finds one bit, and names the field and the size", () => {
    const comparison = compareDecisions([plain(decision)]);
    comparison.add({ ...decision, latent: Float32Array.of(0.1, 2e-30) });
    assert.deepEqual(comparison.result().differences, ["decision 0 differs in latent (1 value, at most by 1.0e-30)"]);
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
