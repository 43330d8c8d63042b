/** An agent under a node's lifecycle: one that cannot be activated is ended, not left behind in a process that waits for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configureItself, createSession } from "../../../../launch/backends/ros2/session.ts";
import type { Party, RunReport } from "../../../../launch/run/words.ts";
import { createLifecycle } from "../../../../runtime/bridge/ros2/lifecycle.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { begin } from "../../../helpers/supervised.ts";

const lost = new AgentError("robot.lost", 'robot "panda": keeper lost, process 7 ended with code 0; start the agent again');

/** A run that waits to be told: it is there until its signal aborts. `met`: what the agent meets before it is active. */
function session(met: (supervisor: Party["supervisor"] & ReturnType<typeof begin>["supervisor"]) => void) {
  const ends: string[] = [];
  const { supervisor } = begin();
  const desk = { veto: () => ({ [Symbol.dispose]() {} }), command: () => null } as unknown as Party["desk"];
  const opened = createSession(
    async ({ signal, tap }) => {
      await tap({ desk, supervisor } as unknown as Party);
      met(supervisor);
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      ends.push("ended");
      return { result: "stopped" } as RunReport;
    },
    () => {},
    () => null,
  );
  return { opened, lifecycle: createLifecycle(opened.handlers, () => {}), ends };
}

test("an agent that loses its arm before it is active ends with the reason, and its run with it", async () => {
  const { opened, lifecycle, ends } = session((supervisor) => {
    supervisor.booted();
    supervisor.fault(lost);
    supervisor.atRest();
  });
  await assert.rejects(configureItself(lifecycle, opened), /cannot be activated: .*keeper lost, process 7 ended/);
  assert.deepEqual(ends, [], "it still waits to be told");
  await opened[Symbol.asyncDispose]();
  assert.deepEqual(ends, ["ended"]);
});

test("an agent that is well is configured and active, and is ended once", async () => {
  const { opened, lifecycle, ends } = session((supervisor) => supervisor.booted());
  await configureItself(lifecycle, opened);
  assert.equal(lifecycle.state.label, "active");
  await lifecycle.change({ id: 0, label: "shutdown" });
  assert.equal((await opened.ended).result, "stopped");
  await opened[Symbol.asyncDispose]();
  assert.deepEqual(ends, ["ended"]);
});
