/** Tests for decide.ts: what follows each error. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError, ERROR_CODES } from "../../../runtime/core/errors.ts";
import { DECISIONS, decide } from "../../../runtime/supervise/decide.ts";

test("every error code is decided with one of four reactions and a sentence that says why", () => {
  assert.deepEqual(Object.keys(DECISIONS).sort(), [...ERROR_CODES].sort());
  for (const code of ERROR_CODES) {
    const { reaction, reason } = DECISIONS[code];
    assert.match(reaction, /^(ignore|hold|retry|stop)$/, code);
    assert.match(reason, /^[A-Z].{20,}\.$/, code);
  }
});

test("what waiting cannot mend stops", () => {
  for (const code of ["model.corrupt", "model.mismatch", "robot.lost", "robot.aborted", "sense.wrong-size", "stop.operator"] as const) {
    assert.equal(decide(new AgentError(code, "x")).reaction, "stop", code);
  }
});

test("no error of the senses is acted upon: a world not seen is held, never ignored", () => {
  for (const code of ["sense.stale", "sense.frozen-frame", "sense.not-finite", "sense.out-of-range", "sense.jump"] as const) {
    assert.equal(decide(new AgentError(code, "x")).reaction, "hold", code);
  }
});

test("an exception that is no AgentError is a bug and stops", () => {
  assert.deepEqual(decide(new TypeError("x is not a function")), {
    reaction: "stop",
    reason: "This is a bug in the agent, so nothing it decides can be trusted.",
  });
  assert.equal(decide("thrown text").reaction, "stop");
});
