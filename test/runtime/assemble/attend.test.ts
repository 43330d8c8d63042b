/** Tests for attend.ts: what becomes of a fault that the oversight does not survive. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NEVER, Subject } from "rxjs";
import type { Pace } from "../../../runtime/agent.ts";
import { type Attendance, attend } from "../../../runtime/assemble/attend.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { senseDefaults } from "../../../runtime/sense/sense-item.ts";

test("a fault that the oversight throws ends the decisions with that error, wherever they were waiting", async () => {
  const faults = new Subject<AgentError>();
  const lost = new AgentError("robot.lost", "the server is gone");
  let isTold = false;
  const waiting: Pace = {
    next: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true })),
    idle: async () => {},
    effectNs: () => 0n,
  };
  const oversight = {
    permit: () => "act" as const,
    decided: () => {},
    healthy: () => {},
    fault(error: AgentError) {
      isTold = true;
      throw error;
    },
  };
  const robot = { faults, observe: () => NEVER };
  const agent = { robot, clock: new ManualClock(), oversight, believer: { reset() {} } } as unknown as Attendance["agent"];
  const senses = { ...senseDefaults, cameras: [], joints: [] };
  const ended = attend({ agent, senses, makePace: () => waiting }, new AbortController().signal).next();
  setImmediate(() => faults.next(lost));
  await assert.rejects(ended, lost);
  assert.ok(isTold);
  assert.equal(faults.observed, false, "nobody listens any more");
});
