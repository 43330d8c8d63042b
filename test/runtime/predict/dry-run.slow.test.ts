/** A package is vouched for when its networks were seen to work: opened, run once, with the shapes they declare, in bounded memory. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Graph, type Value } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { dryRun } from "../../../runtime/predict/dry-run.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { TINY_LATENT_DIM, writeTinyModel } from "../../helpers/tiny-model.ts";

/** A critic that keeps the contract on paper: `cost` is declared (batch, 1), whatever `make` gives. */
function critic(make: (g: Graph, latent: Value) => Value): Uint8Array {
  const g = new Graph("critic");
  const latent = g.input("latent", "float32", [-1, TINY_LATENT_DIM]);
  g.input("goal", "float32", [-1, TINY_LATENT_DIM]);
  g.output("cost", make(g, latent));
  return g.toBytes();
}

const claimed = (g: Graph, type: string, inputs: readonly Value[], shape: readonly number[]): Value =>
  g.op(type, inputs, [{ dtype: "float32", shape }])[0]!;

const refused = async (bytes: Uint8Array, code: string, message: RegExp): Promise<void> =>
  assert.rejects(
    dryRun(await loadModelPackage(writeTinyModel({ networks: { critic: bytes } }))),
    (error: { code: string; message: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      return true;
    },
  );

describe("a dry run", () => {
  it("says nothing of a package that works", async () => dryRun(await loadModelPackage(writeTinyModel())));

  it("names the network and both shapes where an output is not what the file declares", () =>
    refused(
      critic((g, latent) => claimed(g, "Identity", [ops.slice(g, latent, 1, 0, 4)], [-1, 1])),
      "model.mismatch",
      /^tiny critic: output "cost" comes out as \[1, 4\], the file declares \[1, 1\]; export it again/,
    ));

  it("names the network that the runtime cannot open", () =>
    refused(
      critic((g, latent) => claimed(g, "Teleport", [latent], [-1, 1])),
      "model.corrupt",
      /^tiny critic: ONNX Runtime cannot load.*Teleport/,
    ));

  it("ends a network that takes gigabytes, and names it", () =>
    refused(
      critic((g, latent) => {
        const side = 2 ** 15;
        const least = claimed(g, "ReduceMin", [latent], [1, 1]);
        const huge = claimed(g, "Expand", [least, g.constant(BigInt64Array.of(BigInt(side), BigInt(side)))], [side, side]);
        return ops.add(g, ops.slice(g, latent, 1, 0, 1), claimed(g, "ReduceMin", [huge], [1, 1]));
      }),
      "model.corrupt",
      /^tiny critic: takes more than \d+ MiB of memory for one picture; export a smaller network/,
    ));
});
