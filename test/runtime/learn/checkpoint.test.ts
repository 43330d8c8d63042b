import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Checkpoint, type PhaseRecord } from "../../../runtime/learn/checkpoint.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "foresight-checkpoint-"));
const IDENTITY = { data: "abc", seed: 1 };
const record = (steps: number, done = false): PhaseRecord => ({
  done,
  seconds: 2 * steps,
  curve: [{ phase: "encoder", step: steps, figures: { loss: 0.5 } }],
  state: {
    parameters: Float32Array.of(1, 2, steps),
    moment1: Float32Array.of(3, 4, 5),
    moment2: Float32Array.of(6, 7, 8),
    average: Float32Array.of(9, 10, 11),
    steps,
  },
});

test("what is saved is loaded again, and only the newest record is kept", () => {
  const at = folder();
  const checkpoint = new Checkpoint(at, IDENTITY);
  assert.equal(checkpoint.load("encoder"), null);
  checkpoint.save("encoder", record(10));
  checkpoint.save("encoder", record(20, true));
  assert.deepEqual(new Checkpoint(at, IDENTITY).load("encoder"), record(20, true));
  assert.deepEqual(readdirSync(at).sort(), ["encoder-20-done.f32", "encoder.json", "run.json"]);
});

test("a folder of another run is refused, and says in what it differs", () => {
  const at = folder();
  new Checkpoint(at, IDENTITY);
  assert.throws(() => new Checkpoint(at, { ...IDENTITY, seed: 2 }), {
    code: "train.checkpoint",
    message: `${at} holds another run (seed: 1 there, 2 asked for); give the same options to go on with it, or another --work folder to start anew`,
  });
});

test("a file that was cut off is refused", () => {
  const at = folder();
  const checkpoint = new Checkpoint(at, IDENTITY);
  checkpoint.save("encoder", record(10));
  truncateSync(join(at, "encoder-10.f32"), 20);
  assert.throws(() => checkpoint.load("encoder"), {
    code: "train.checkpoint",
    message: `${join(at, "encoder-10.f32")} is not a whole checkpoint; delete ${at} to start anew`,
  });
});

test("numbers that were changed since they were saved are refused: what training goes on from is what it came to", () => {
  const at = folder();
  const checkpoint = new Checkpoint(at, IDENTITY);
  checkpoint.save("encoder", record(10));
  const numbers = readFileSync(join(at, "encoder-10.f32"));
  numbers.writeFloatLE(1.5, 0); // A number like any other.
  writeFileSync(join(at, "encoder-10.f32"), numbers);
  assert.throws(() => checkpoint.load("encoder"), { code: "train.checkpoint", message: /encoder-10\.f32 is not a whole checkpoint/ });
});

test("whatever somebody wrote into run.json, it is told in a few words that it is another run", () => {
  const nested = "[".repeat(20_000) + "]".repeat(20_000);
  for (const text of [
    nested,
    `{"data": ${nested}}`,
    `{"data": "${"x".repeat(1_000_000)}"}`,
    '{"__proto__": 1}',
    "null",
    "7",
    "",
    '{"data": "abc", "seed": 1}',
  ]) {
    const at = folder();
    writeFileSync(join(at, "run.json"), text);
    assert.throws(
      () => new Checkpoint(at, IDENTITY),
      { code: "train.checkpoint", message: /^.{0,120} holds another run \(.{10,500}\); give/ },
      text.slice(0, 30),
    );
  }
});

test("when the disk refuses, the last checkpoint stays whole", () => {
  const at = folder();
  const checkpoint = new Checkpoint(at, IDENTITY);
  checkpoint.save("encoder", record(10));
  mkdirSync(join(at, "encoder-20.f32.partial")); // A folder in the way: writing fails as it does on a full disk.
  assert.throws(() => checkpoint.save("encoder", record(20)), {
    code: "train.checkpoint",
    message: /the last checkpoint is whole: free some space/,
  });
  assert.deepEqual(checkpoint.load("encoder"), record(10));
});
