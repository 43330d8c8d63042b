/** Who is reached, and how, before anything is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectJobs } from "../../../launch/jobs/connect.ts";

for (const [url, why] of [
  ["nats://box:4222", /told everything in the clear; give a tls:\/\/ address/],
  ["nats://me:secret-word@127.0.0.1", /seen by everybody on this machine; set FORESIGHT_JOBS_TOKEN/],
  ["http://127.0.0.1:4222", /is no nats:\/\/ or tls:\/\/ address/],
  ["nonsense", /is no nats:\/\/ or tls:\/\/ address/],
] as const)
  test(`${url} is refused before it is tried`, async () => {
    await assert.rejects(connectJobs({ url }), (error: Error & { code: string }) => {
      assert.equal(error.code, "launch.invalid");
      assert.match(error.message, why);
      assert.doesNotMatch(error.message, /secret-word/);
      return true;
    });
  });

test("where nobody listens it is said what to start", async () => {
  await assert.rejects(connectJobs({ url: "nats://127.0.0.1:1" }), {
    code: "bridge.failed",
    message: /cannot be used \(.*\); start a nats-server with JetStream/,
  });
});
