/** The managed node's states: what is possible when, what failing and throwing lead to, and that nothing happens twice at a time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLifecycle, type LifecycleHandlers, type Outcome } from "../../../../runtime/bridge/ros2/lifecycle.ts";

function setup(outcomes: Partial<Record<keyof LifecycleHandlers, Outcome | Error>> = {}) {
  const called: string[] = [];
  const events: string[] = [];
  const handler = (name: keyof LifecycleHandlers) => async (): Promise<Outcome> => {
    called.push(name);
    const outcome = outcomes[name] ?? "success";
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const names = ["configure", "cleanup", "activate", "deactivate", "shutdown", "error"] as const;
  const handlers = Object.fromEntries(names.map((name) => [name, handler(name)])) as unknown as LifecycleHandlers;
  const lifecycle = createLifecycle(handlers, ({ transition, from, to }) => events.push(`${from.label} -${transition.id}-> ${to.label}`));
  const change = (label: string) => lifecycle.change({ id: 0, label });
  return { lifecycle, called, events, change };
}

test("a node is configured, activated, deactivated, cleaned up and shut down, with the ids of lifecycle_msgs", async () => {
  const { lifecycle, called, events, change } = setup();
  for (const label of ["configure", "activate", "deactivate", "cleanup", "shutdown"]) assert.equal(await change(label), true, label);
  assert.deepEqual(called, ["configure", "activate", "deactivate", "cleanup", "shutdown"]);
  assert.deepEqual(events, [
    "unconfigured -1-> configuring",
    "configuring -10-> inactive",
    "inactive -3-> activating",
    "activating -30-> active",
    "active -4-> deactivating",
    "deactivating -40-> inactive",
    "inactive -2-> cleaningup",
    "cleaningup -20-> unconfigured",
    "unconfigured -5-> shuttingdown",
    "shuttingdown -50-> finalized",
  ]);
  assert.deepEqual(lifecycle.state, { id: 4, label: "finalized" });
  assert.deepEqual(lifecycle.available, []);
});

test("a transition may be named by its id, and only those of the present state are possible", async () => {
  const { lifecycle, called } = setup();
  assert.equal(await lifecycle.change({ id: 3, label: "" }), false);
  assert.equal(await lifecycle.change({ id: 1, label: "" }), true);
  assert.deepEqual(
    lifecycle.available.map(({ id }) => id),
    [2, 3, 6],
  );
  assert.deepEqual(called, ["configure"]);
});

test("a failure leaves the node where it was", async () => {
  const { lifecycle, change } = setup({ configure: "failure" });
  assert.equal(await change("configure"), false);
  assert.equal(lifecycle.state.label, "unconfigured");
});

test("an error, and anything thrown, is cleaned up: then the node is unconfigured", async () => {
  for (const outcome of ["error", new TypeError("a bug")] as const) {
    const { lifecycle, called, events, change } = setup({ activate: outcome });
    await change("configure");
    assert.equal(await change("activate"), false);
    assert.deepEqual(called.slice(-2), ["activate", "error"]);
    assert.deepEqual(events.slice(-2), ["activating -32-> errorprocessing", "errorprocessing -60-> unconfigured"]);
    assert.equal(lifecycle.state.label, "unconfigured");
  }
});

test("a node whose errors cannot be cleaned up is finalized, and so is one whose shutdown fails", async () => {
  const broken = setup({ configure: "error", error: "failure" });
  await broken.change("configure");
  assert.equal(broken.lifecycle.state.label, "finalized");
  const stubborn = setup({ shutdown: "failure" });
  await stubborn.change("shutdown");
  assert.equal(stubborn.lifecycle.state.label, "finalized");
});

test("while one transition takes its time no other begins, and the state says which it is", async () => {
  let finish: (outcome: Outcome) => void = () => {};
  const slow = new Promise<Outcome>((resolve) => (finish = resolve));
  const { lifecycle } = setup();
  const waiting = createLifecycle({ ...({} as LifecycleHandlers), configure: () => slow }, () => {});
  const first = waiting.change({ id: 1, label: "" });
  assert.deepEqual(waiting.state, { id: 10, label: "configuring" });
  assert.equal(await waiting.change({ id: 5, label: "" }), false);
  finish("success");
  assert.equal(await first, true);
  assert.equal(lifecycle.state.label, "unconfigured");
});
