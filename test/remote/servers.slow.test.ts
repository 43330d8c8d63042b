/** The same questions to servers across a process border: our own over HTTP, a real Triton over HTTP and over gRPC. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { SystemClock } from "../../runtime/core/clock.ts";
import { createRng } from "../../runtime/core/rng.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { modelNameOf } from "../../runtime/graph/inference/link.ts";
import { type InferenceServer, openInferenceServer } from "../../runtime/graph/inference/open-server.ts";
import { openSession } from "../../runtime/graph/session.ts";
import { smallFeeds, smallModel } from "./models.ts";
import { type Peer, startServe, startTriton, TOKEN, type Triton, tritonPython } from "./peers.ts";

/** What Triton was started with, and what it was not. */
const [known, unknown] = [smallModel(1), smallModel(2)];

let serving: Peer;
let triton: Triton | null = null;
const folder = mkdtempSync(join(tmpdir(), "foresight-triton-"));
before(async () => {
  writeFileSync(join(folder, `${modelNameOf(sha256(known))}.onnx`), known);
  serving = await startServe();
  if (tritonPython.python !== null) triton = await startTriton(folder);
});
after(async () => {
  await serving?.[Symbol.asyncDispose]();
  await triton?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const local = (bytes: Uint8Array, options = {}) => openSession(bytes, { ...options, provider: "cpu", threads: 1 });
const open = (url: string, said: string[], deadlineMs = 30_000, token = TOKEN): Promise<InferenceServer> =>
  openInferenceServer({ url, token, deadlineMs, local, rng: createRng(1), clock: new SystemClock(), say: (line) => said.push(line) });

const places: readonly (readonly [string, () => string, false | string, boolean])[] = [
  ["our own server", () => serving.url, false, true],
  ["Triton over HTTP", () => triton?.http ?? "", tritonPython.missing, false],
  ["Triton over gRPC", () => triton?.grpc ?? "", tritonPython.missing, false],
];

for (const [place, url, skip, takesModels] of places)
  describe(place, { skip }, () => {
    it("answers what this computer would have, bit for bit, whatever the number of rows", async () => {
      const said: string[] = [];
      await using server = await open(url(), said);
      await using there = await server.open(known, { name: "small" });
      await using here = await local(known);
      assert.equal(there.provider, "server", there.fallbackReason ?? "");
      for (const rows of [1, 3, 640]) assert.deepEqual(await there.run(smallFeeds(rows)), await here.run(smallFeeds(rows)));
      assert.deepEqual(said, []); // Said when this computer had to answer.
    });

    it(takesModels ? "takes a model that it does not have" : "does not take models, which is told with what to do", async () => {
      await using server = await open(url(), []);
      await using session = await server.open(unknown, { name: "small" });
      if (takesModels) assert.equal(session.provider, "server", session.fallbackReason ?? "");
      else
        assert.match(session.fallbackReason ?? "", /has no model foresight-[0-9a-f]{32} and does not take it \(.+\); put it there by hand/);
      assert.equal((await session.run(smallFeeds(2)))["y"]?.shape[0], 2);
    });

    it("is given up for a run whose time is over, which this computer then answers", async () => {
      const said: string[] = [];
      await using server = await open(url(), said, 30_000);
      await using there = await server.open(known, { name: "small" });
      await using hurried = await open(url(), said, 0.01);
      await using here = await hurried.open(known, { name: "small" });
      // So many rows that no server answers within the millisecond which is a timer's shortest.
      for (let i = 0; i < 4; i++) assert.deepEqual(await here.run(smallFeeds(20_000)), await there.run(smallFeeds(20_000)));
      assert.match(said.join(), /did not answer within 0.01 ms/, `${here.provider}: ${here.fallbackReason}`);
    });
  });
