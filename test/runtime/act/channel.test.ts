/** The channel between agent and keeper as a real process has it: whoever waits for its end is told, however it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { processChannel } from "../../../runtime/act/channel.ts";
import { forkModule } from "../../../runtime/core/start-worker.ts";

test("a channel that is closed while a message is half read is closed, also when the other side dies in the middle of it", async () => {
  const child = forkModule(new URL("planted/half-a-message.mjs", import.meta.url), {
    serialization: "advanced",
    stdio: ["pipe", "inherit", "inherit", "ipc"],
  });
  const faults: Error[] = [];
  child.on("error", (error) => faults.push(error)); // Node's words for the same.
  const channel = processChannel(child);
  const heard = await new Promise((resolve) => channel.onMessage(resolve));
  assert.deepEqual(heard, { kind: "first" });
  let isClosed = false;
  channel.onClose(() => {
    isClosed = true;
  });
  channel.close();
  child.stdin?.end("go");
  await new Promise((resolve) => child.once("exit", resolve));
  assert.ok(isClosed, faults.map(({ message }) => message).join("; "));
});
