/** The name of a card: every number that counts is in it, however the file is laid out; how it was made is not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cardHash, cardText } from "../../../runtime/core/card-hash.ts";

const card = { contract: 2, name: "push", axes: [{ name: "x", scale: 0.03 }], files: { critic: { sha256: "ab" } }, evaluation: {} };

test("one digit of the card, or of a network's hash, makes another name", () => {
  assert.match(cardHash(card), /^[0-9a-f]{64}$/);
  assert.notEqual(cardHash({ ...card, axes: [{ name: "x", scale: 0.3 }] }), cardHash(card));
  assert.notEqual(cardHash({ ...card, files: { critic: { sha256: "ac" } } }), cardHash(card));
});

test("the order of keys, training, evaluation and the hash itself make none", () => {
  const { name, ...rest } = card;
  assert.equal(cardHash({ ...rest, training: { minutes: 3 }, evaluation: { reached: 1 }, cardHash: "0", name }), cardHash(card));
});

test("a card that was written has the hash of what is read back", () => {
  const read = JSON.parse(cardText(card, (_, value: unknown) => (value === 0.03 ? 0.031 : value))) as typeof card & { cardHash: string };
  assert.equal(read.axes[0]?.scale, 0.031);
  assert.equal(read.cardHash, cardHash(read));
});
