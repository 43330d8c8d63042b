/** Tensors on the wire: what was sent is what is read, and nothing else is taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEAD_LENGTH, readAnswer, readRequest, writeAnswer, writeRequest } from "../../../../runtime/graph/inference/http-body.ts";
import type { TensorData } from "../../../../runtime/graph/tensor-data.ts";

const feeds: Readonly<Record<string, TensorData>> = {
  picture: { dtype: "uint8", shape: [1, 3], data: Uint8Array.of(1, 2, 255) }, // Three bytes: what follows is not aligned.
  x: { dtype: "float32", shape: [2, 2], data: Float32Array.of(0.1, -0, Number.POSITIVE_INFINITY, 1e-40) },
  flag: { dtype: "int64", shape: [1], data: BigInt64Array.of(-(2n ** 62n)) },
  index: { dtype: "int32", shape: [0], data: new Int32Array(0) },
  mask: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) },
};

test("every element type comes back bit for bit", () => {
  const { headBytes, bytes } = writeRequest({ feeds, outputs: ["y"] });
  assert.deepEqual(readRequest(bytes, String(headBytes)), { feeds, outputs: ["y"] });
  const answer = writeAnswer("m", feeds);
  assert.deepEqual(readAnswer(answer.bytes, String(answer.headBytes)), feeds);
});

test("a server that answers in text is understood", () => {
  const head = {
    outputs: [
      {
        name: "y",
        datatype: "FP32",
        shape: [2, 2],
        data: [
          [1, 2],
          [3, 4],
        ],
      },
      { name: "best", datatype: "INT64", shape: [1], data: [7] },
    ],
  };
  assert.deepEqual(readAnswer(Buffer.from(JSON.stringify(head)), undefined), {
    y: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    best: { dtype: "int64", shape: [1], data: BigInt64Array.of(7n) },
  });
});

const one = (change: object, tail = Buffer.alloc(8)): [Uint8Array, string] => {
  const head = Buffer.from(
    JSON.stringify({ outputs: [{ name: "y", datatype: "FP32", shape: [2], parameters: { binary_data_size: 8 }, ...change }] }),
  );
  return [Buffer.concat([head, tail]), String(head.length)];
};

for (const [what, [bytes, headBytes], why] of [
  ["fewer bytes than the shape needs", one({ shape: [3] }), /"y" of FP32 \[3\] came with 8 bytes, it takes 12/],
  ["more bytes than were told", one({}, Buffer.alloc(9)), /9 bytes of tensors came, 8 were told/],
  ["a body that is cut off", one({}, Buffer.alloc(4)), /came with 4 bytes/],
  ["a type that nothing takes", one({ datatype: "BYTES" }), /"y" is BYTES; only FP32/],
  ["a size below zero", one({ shape: [-1, -2] }), /shape|takes/],
  ["a shape without end", one({ shape: Array(9).fill(1) }), /shape/],
  ["text where numbers belong", one({ data: ["1", "2"] }), /came with 2 numbers/],
  ["a head longer than the body", [Buffer.from("{}"), "900"] as const, /a head of 900 bytes in a body of 2/],
  [`a ${HEAD_LENGTH} that is no number`, [Buffer.from("{}"), "x"] as const, /a head of x bytes/],
  ["a head that is no JSON", [Buffer.from("hello"), undefined] as const, /no JSON/],
  ["a head that says something else", [Buffer.from("[]"), undefined] as const, /expected object/],
] as const)
  test(`${what} is refused`, () => {
    assert.throws(() => readAnswer(bytes, headBytes), why);
  });
