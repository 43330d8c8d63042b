/** Faults put into the whole running loop: each ends in what the decision table says, and nothing is sent to the arm from then until it resumes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AgentError, type ErrorCode } from "../../runtime/core/errors.ts";
import type { Sample } from "../../runtime/core/sensing.ts";
import { HOLD_MS_MAX } from "../../runtime/supervise/agent-machine.ts";
import { DECISIONS } from "../../runtime/supervise/decide.ts";
import { type Happening, type Played, playTask, type Script } from "../helpers/scripted-task.ts";

/** Every segment is at rest after this long. */
const REST_S = 0.4;
/** The fault begins at the second second, when the shoulder is under way. */
const BEGIN_S = 1;
const within = (timeS: number, endS: number): boolean => timeS >= BEGIN_S && timeS < endS;

/** Sensors and parts that fail from BEGIN_S until `endS`. */
const faults: Readonly<Record<string, { readonly code: ErrorCode; readonly says: RegExp; readonly script: (endS: number) => Script }>> = {
  "frozen frames": {
    code: "sense.frozen-frame",
    says: /camera "front": \d+ identical pictures in a row while the joints moved/,
    script: (endS) => ({ distort: (sample, timeS) => [within(timeS, endS) ? withPicture(sample, 9) : sample] }),
  },
  "joints that are not numbers": {
    code: "sense.not-finite",
    says: /joint "elbow": position NaN rad/,
    script: (endS) => ({ distort: (sample, timeS) => [within(timeS, endS) ? withElbow(sample, () => Number.NaN) : sample] }),
  },
  "a silent camera": {
    code: "sense.stale",
    says: /camera "front": nothing good for \d+ ms/,
    script: (endS) => ({ distort: (sample, timeS) => (within(timeS, endS) && sample.kind === "frame" ? [] : [sample]) }),
  },
  "silent joints": {
    code: "sense.stale",
    says: /joints: nothing good for \d+ ms/,
    script: (endS) => ({ distort: (sample, timeS) => (within(timeS, endS) && sample.kind === "joints" ? [] : [sample]) }),
  },
  "jumping joints": {
    code: "sense.jump",
    says: /joint "elbow": moved 1\.\d+ rad in 200\.0 ms/,
    script: (endS) => {
      let flips = 0;
      const jump = (rad: number): number => rad + (flips++ % 2 === 0 ? 1.2 : -1.2);
      return { distort: (sample, timeS) => [within(timeS, endS) ? withElbow(sample, jump) : sample] };
    },
  },
  "joints outside their range": {
    code: "sense.out-of-range",
    says: /joint "elbow": position 3\.500 rad is outside/,
    script: (endS) => ({ distort: (sample, timeS) => [within(timeS, endS) ? withElbow(sample, () => 3.5) : sample] }),
  },
  "a model that answers NaN": {
    code: "model.not-finite",
    says: /tiny encoder: latent entry 0 is NaN/,
    script: (endS) => ({ encode: throwing(endS, new AgentError("model.not-finite", "tiny encoder: latent entry 0 is NaN")) }),
  },
  "a guard that refuses": {
    code: "guard.stop",
    says: /its motion was refused \(table: 2 mm too low\); it was not sent/,
    script: (endS) => ({ refuse: (timeS) => (within(timeS, endS) ? "table: 2 mm too low" : null) }),
  },
  "a planner so slow that what it saw is old": {
    code: "guard.stop",
    says: /observation received 600\.0 ms ago, at most 400 ms/,
    script: (endS) => ({ plan: (timeS, clock) => void (within(timeS, endS) && clock.advance(600)) }),
  },
  "a robot that rejects": {
    code: "robot.rejected",
    says: /segment: the arm is busy/,
    script: (endS) => ({ act: throwing(endS, new AgentError("robot.rejected", "segment: the arm is busy; wait")) }),
  },
};

describe("a fault that passes", () => {
  for (const [name, { code, says, script }] of Object.entries(faults)) {
    it(`${name}: the agent holds, the arm rests, nothing is sent, and it goes on by itself`, async () => {
      assert.equal(DECISIONS[code].reaction, "hold", "what the table says");
      const played = await playTask(script(4));
      const holds = spans(played, "holding");
      assert.ok(holds.length > 0, "it held");
      assert.match(holds[0]!.reason, says);
      checkStill(played);
      assert.equal(played.result, "succeeded", played.reason);
      assert.ok(
        played.happenings.some((each) => each.what === "act" && each.timeS > holds.at(-1)!.toS - 1e-9),
        "it acted again after the hold",
      );
    });
  }
});

describe("a fault that stays", () => {
  for (const [name, { says, script }] of Object.entries(faults)) {
    it(`${name}: the hold ends in a stop that only a person ends`, async () => {
      const played = await playTask(script(Number.POSITIVE_INFINITY));
      assert.equal(played.result, "stopped");
      assert.match(played.reason, new RegExp(`(Held for ${HOLD_MS_MAX / 1000} s without recovery|held 20 times already|${says.source})`));
      checkStill(played);
      const stopped = played.happenings.findIndex((each) => each.what === "stop");
      assert.ok(stopped > 0);
      assert.deepEqual(
        played.happenings.slice(stopped).filter((each) => each.what === "act" || each.what === "resume"),
        [],
      );
    });
  }
});

describe("a fault that waiting cannot mend", () => {
  const stops: Readonly<Record<string, { readonly code: ErrorCode; readonly script: Script }>> = {
    "a picture of another size": {
      code: "sense.wrong-size",
      script: {
        distort: (sample, timeS) => [
          within(timeS, 2) && sample.kind === "frame" ? { kind: "frame", frame: { ...sample.frame, widthPx: 4 } } : sample,
        ],
      },
    },
    "a session that failed": {
      code: "session.failed",
      script: { plan: throwing(2, new AgentError("session.failed", "plan: out of memory")) },
    },
    "a robot that does not answer": { code: "robot.lost", script: { act: throwing(2, new AgentError("robot.lost", "keeper lost")) } },
    "a motion that the robot ended by itself": {
      code: "robot.aborted",
      script: { every: once((hands) => hands.robotFaults.next(new AgentError("robot.aborted", "arm: collision reflex"))) },
    },
    "an operator's stop": { code: "stop.operator", script: { every: once(({ aborting }) => aborting.abort()) } },
  };
  for (const [name, { code, script }] of Object.entries(stops)) {
    it(`${name}: the arm is stopped at once, and nothing is sent after`, async () => {
      assert.equal(DECISIONS[code].reaction, "stop", "what the table says");
      const played = await playTask(script);
      assert.equal(played.result, "stopped");
      const stopped = played.happenings.findIndex((each) => each.what === "stop");
      const { timeS } = played.happenings[stopped]!;
      assert.ok(timeS >= BEGIN_S && timeS <= BEGIN_S + 0.4, `stopped at ${timeS} s`);
      assert.deepEqual(
        played.happenings.slice(stopped).filter((each) => each.what === "act"),
        [],
      );
      assert.ok(played.commands.filter((each) => each.timeS > timeS + REST_S).every(({ speedRadPerS }) => speedRadPerS === 0));
    });
  }
});

describe("a fault that is ignored", () => {
  it("a plan that is too late to begin: the arm comes to rest by itself, and the next decision plans from there", async () => {
    const played = await playTask({ plan: (timeS, clock) => void (within(timeS, 1.5) && clock.advance(100)) });
    assert.equal(DECISIONS["plan.late"].reaction, "ignore");
    assert.deepEqual(spans(played, "holding"), []);
    assert.equal(played.result, "succeeded", played.reason);
  });

  it("a best plan that breaks a constraint: nothing of it is sent, the arm comes to rest, and the next decision plans anew", async () => {
    const infeasible = (): never => {
      throw new AgentError("plan.infeasible", 'the best plan breaks constraint "keep-out" by 0.0100 m');
    };
    const acts = (played: Played): number => played.happenings.filter(({ what, timeS }) => what === "act" && within(timeS, 1.5)).length;
    const played = await playTask({ plan: (timeS) => void (within(timeS, 1.5) && infeasible()) });
    assert.ok(acts(await playTask({})) > 0 && acts(played) === 0);
    assert.deepEqual(spans(played, "holding"), []);
    assert.equal(played.result, "succeeded", played.reason);
  });

  it("again and again: after ten in a row the agent holds, and nothing is sent until it is over", async () => {
    const played = await playTask({ plan: (timeS, clock) => void (within(timeS, 6) && clock.advance(100)) });
    const [hold] = spans(played, "holding");
    assert.match(hold?.reason ?? "", /its motion should have begun 100\.0 ms ago.*This was ignored 10 times in a row, so the arm rests/);
    checkStill(played);
    assert.equal(played.result, "succeeded", played.reason);
  });
});

interface Span {
  readonly fromS: number;
  readonly toS: number;
  readonly reason: string;
  /** What happened within, in order. */
  readonly happenings: readonly Happening[];
}

/** From every entry into a state of the agent to the next other one. */
function spans({ happenings }: Played, agent: string): readonly Span[] {
  return happenings.flatMap((each, index) => {
    if (each.what !== "state" || each.agent !== agent) return [];
    const end = happenings.findIndex((other, at) => at > index && other.what === "state" && other.agent !== agent);
    const to = end < 0 ? happenings.length : end;
    return [
      {
        fromS: each.timeS,
        toS: happenings[to]?.timeS ?? Number.POSITIVE_INFINITY,
        reason: each.reason,
        happenings: happenings.slice(index, to),
      },
    ];
  });
}

/** While it holds, stops or is stopped no segment is sent, and the arm is at rest after the one that was running. */
function checkStill(played: Played): void {
  for (const { fromS, toS, happenings } of ["holding", "stopping", "stopped", "faulted"].flatMap((agent) => spans(played, agent))) {
    assert.deepEqual(
      happenings.filter((each) => each.what === "act"),
      [],
      `sent between ${fromS} and ${toS} s`,
    );
    const moving = played.commands.find((each) => each.timeS > fromS + REST_S && each.timeS < toS && each.speedRadPerS > 0);
    assert.equal(moving, undefined, `still moving at ${moving?.timeS} s, held since ${fromS} s`);
  }
}

function throwing(endS: number, error: AgentError): (timeS: number) => void {
  return (timeS) => {
    if (within(timeS, endS)) throw error;
  };
}

function once(happen: (hands: Parameters<NonNullable<Script["every"]>>[1]) => void): NonNullable<Script["every"]> {
  let done = false;
  return (timeS, hands) => {
    if (done || timeS < BEGIN_S) return;
    done = true;
    happen(hands);
  };
}

function withPicture(sample: Sample, value: number): Sample {
  return sample.kind === "frame" ? { kind: "frame", frame: { ...sample.frame, rgb: new Uint8Array(6).fill(value) } } : sample;
}

function withElbow(sample: Sample, change: (rad: number) => number): Sample {
  if (sample.kind !== "joints") return sample;
  const positionRad = sample.joints.positionRad.slice();
  positionRad[1] = change(positionRad[1]!);
  return { kind: "joints", joints: { ...sample.joints, positionRad } };
}
