/** Provider choice: what is missing is said, never silently replaced. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Graph } from "../../../runtime/graph/builder.ts";
import * as ops from "../../../runtime/graph/ops.ts";
import { providerObstacle, providerOrder } from "../../../runtime/graph/provider.ts";
import { availableProviders, openSession } from "../../../runtime/graph/session.ts";

const g = new Graph("g");
g.output("y", ops.neg(g, g.input("x", "float32", [1])));
const model = g.toBytes();

const missing = (["cuda", "tensorrt", "webgpu"] as const).find((name) => providerObstacle(name) !== null);
const needsMissing = { skip: missing ? false : "every provider is installed on this machine" };

describe("provider choice", () => {
  it("tries cpu last, and only cpu when that is asked", () => {
    assert.deepEqual(providerOrder("cpu"), { tries: ["cpu"], obstacles: [] });
    for (const choice of ["auto", "webgpu", "cuda", "tensorrt"] as const) assert.equal(providerOrder(choice).tries.at(-1), "cpu");
  });

  it("never picks tensorrt by itself", () => {
    assert.ok(!providerOrder("auto").tries.includes("tensorrt"));
  });

  it("falls back to the cpu with a reason that names the missing provider", needsMissing, async () => {
    await using session = await openSession(model, { provider: missing! });
    assert.equal(session.provider, "cpu");
    assert.match(session.fallbackReason ?? "", new RegExp(`^${missing}: no .+; (run|plug) `));
  });

  it("refuses the fallback with session.provider when strict", needsMissing, async () => {
    await assert.rejects(openSession(model, { provider: missing!, strict: true, name: "plan" }), {
      code: "session.provider",
      message: new RegExp(`^plan: provider ${missing} is not available: ${missing}: .+; choose another provider or do not be strict$`),
    });
  });

  it("calls damaged bytes damaged, not the provider missing, even when strict", async () => {
    await assert.rejects(openSession(new Uint8Array(9), { provider: "cuda", strict: true }), { code: "model.corrupt" });
  });

  it("auto says why it is not on a faster provider", async () => {
    await using session = await openSession(model);
    if (session.provider === "cpu") assert.match(session.fallbackReason ?? "", /cuda: .+webgpu: /);
    else assert.notEqual(session.provider, "tensorrt");
  });

  it("lists every provider with a reason for each that does not work", async () => {
    const statuses = await availableProviders();
    assert.deepEqual(
      statuses.map(({ name }) => name),
      ["cpu", "webgpu", "cuda", "tensorrt"],
    );
    assert.deepEqual(statuses[0], { name: "cpu", available: true, reason: null });
    for (const { available, reason } of statuses) assert.equal(reason === null, available);
  });
});
