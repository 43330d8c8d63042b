/** A computer without a GPU is nothing to complain of, unless one was asked for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { providerLine } from "../../../launch/run/provider-line.ts";

const provider = { name: "cpu", fallbackReason: "cuda: no provider library; webgpu: no graphics device" };
const line = { model: "push", provider, verbose: false };

test("with provider auto the line is short, and has the reasons when asked for", () => {
  assert.equal(providerLine({ ...line, asked: "auto" }), "model: push on cpu");
  assert.equal(providerLine({ ...line, asked: "auto", verbose: true }), `model: push on cpu (${provider.fallbackReason})`);
});

test("a provider that the launch file names and cannot be had is told with its reasons", () => {
  assert.equal(providerLine({ ...line, asked: "cuda" }), `model: push on cpu (${provider.fallbackReason})`);
  assert.equal(providerLine({ ...line, asked: "cpu", provider: { name: "cpu", fallbackReason: null } }), "model: push on cpu");
});
