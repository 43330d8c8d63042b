/** The running loop from sensor to supervisor: a task to its end, what a person may do meanwhile, and what is never sent. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import type { SupervisorSnapshot } from "../../../runtime/supervise/snapshot.ts";
import type { TaskNode } from "../../../runtime/supervise/task-tree.ts";
import { GO, type Hands, type Played, playTask } from "../../helpers/scripted-task.ts";

const statesOf = ({ happenings }: Played): string[] => happenings.flatMap((each) => (each.what === "state" ? [each.agent] : []));
const countOf = ({ happenings }: Played, what: string): number => happenings.filter((each) => each.what === what).length;

describe("a task", () => {
  it("runs to its goal from the very first observation, and ends at rest", async () => {
    const played = await playTask({});
    assert.equal(played.result, "succeeded");
    assert.equal(played.ticks[0]?.decision.stampNs, 0n);
    assert.ok(Math.abs(played.shoulderRad - 0.6) < 0.02, `${played.shoulderRad}`);
    assert.ok(played.commands.at(-1)!.speedRadPerS < 1e-5, "the last command is where the segment comes to rest");
    assert.equal(countOf(played, "act"), played.ticks.length);
  });

  it("that waits lets virtual time pass: the wait ends, and the skill after it begins", async () => {
    const task: TaskNode = { sequence: [{ waitS: 3 }, GO, { waitS: 1 }] };
    const played = await playTask({ task });
    assert.equal(played.result, "succeeded", played.reason);
    const prepared = played.happenings.find((each) => each.what === "prepare")!;
    assert.ok(prepared.timeS >= 3 && prepared.timeS < 3.5, `${prepared.timeS} s`);
  });
});

describe("a condition", () => {
  const look: TaskNode = { condition: "go", goal: { kind: "tool", positionM: [0, 0, 0] } };

  it("that does not hold lets the skill after it act; one that holds leaves the arm alone", async () => {
    const played = await playTask({ task: { sequence: [{ fallback: [look, GO] }, { fallback: [look, GO] }] } });
    assert.equal(played.result, "succeeded", played.reason);
    const left = played.happenings.flatMap((each) => (each.what === "leave" ? [`${each.path} ${each.result}`] : []));
    assert.deepEqual(left, ["0/0 failed", "0/1 done", "1/0 done"]);
    const looked = played.happenings.findIndex((each) => each.what === "leave" && each.path === "0/1");
    assert.deepEqual(
      played.happenings.slice(looked).filter((each) => each.what === "act"),
      [],
    );
  });
});

describe("a more urgent task", () => {
  it("comes first, and the one in hand goes on after it to its end", async () => {
    let asked = false;
    const played = await playTask({
      every(timeS, { supervisor }) {
        if (timeS < 1 || asked) return;
        asked = true;
        assert.equal(supervisor.preempt({ waitS: 2 }, 1), null);
      },
    });
    assert.equal(played.result, "succeeded", played.reason);
    const acts = played.happenings.flatMap((each) => (each.what === "act" ? [each.timeS] : []));
    assert.ok(acts.some((timeS) => timeS < 1) && acts.some((timeS) => timeS > 3));
    assert.deepEqual(
      acts.filter((timeS) => timeS > 1.2 && timeS < 3),
      [],
      "the urgent one rests",
    );
    assert.equal(countOf(played, "prepare"), 2);
  });
});

describe("an operator", () => {
  it("who has stopped the agent and then ends the run is not waited for", { timeout: 10_000 }, async () => {
    const played = await playTask({
      whenTold({ supervisor, aborting }) {
        supervisor.states.subscribe(({ agent }) => {
          if (agent === "stopped") setImmediate(() => aborting.abort());
        });
        supervisor.command("stop");
      },
    });
    assert.equal(played.result, "stopped");
    assert.equal(played.supervisor.state.agent, "stopped");
  });

  it("who holds sees nothing sent until resume, even where virtual time races on", async () => {
    let resumedAtS = Number.NaN;
    const played = await playTask({
      every(timeS, { supervisor }) {
        if (timeS === 1 && supervisor.state.agent === "running" && Number.isNaN(resumedAtS)) {
          supervisor.command("hold");
          setImmediate(() => {
            resumedAtS = 0; // A command of the page: it comes by the event loop, not by virtual time.
            supervisor.command("resume");
          });
        }
      },
    });
    assert.equal(played.result, "succeeded");
    const from = played.happenings.findIndex((each) => each.what === "state" && each.agent === "holding");
    const to = played.happenings.findIndex((each, index) => index > from && each.what === "state" && each.agent === "running");
    assert.ok(from > 0 && to > from);
    assert.deepEqual(
      played.happenings.slice(from, to).filter((each) => each.what === "act"),
      [],
    );
  });

  it("who stops ends the task with the arm at rest, and nothing is sent after", async () => {
    const played = await playTask({ every: (timeS, { aborting }) => void (timeS >= 1 && aborting.abort()) });
    assert.equal(played.result, "stopped");
    assert.match(played.reason, /An operator stopped the agent/);
    const stopped = played.happenings.findIndex((each) => each.what === "stop");
    assert.deepEqual(
      played.happenings.slice(stopped).filter((each) => each.what === "act"),
      [],
    );
    assert.ok(played.shoulderRad < 0.5);
  });
});

describe("a model that never answers", () => {
  /** What a session does: nothing, until whoever asks gives up. */
  const unanswered = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));

  it("does not keep the loop from ending when the operator stops", async () => {
    let hands: Hands | undefined;
    const played = await playTask({
      every: (_, own) => {
        hands = own;
      },
      plan(timeS, _, signal) {
        if (timeS < 1) return;
        setImmediate(() => hands?.supervisor.command("stop"));
        return unanswered(signal);
      },
    });
    assert.equal(played.result, "stopped");
    assert.match(played.reason, /An operator stopped the agent/);
    const stopped = played.happenings.findIndex(({ what }) => what === "stop");
    assert.ok(stopped > 0 && played.happenings.slice(stopped).every(({ what }) => what !== "act"), "nothing is sent after the stop");
  });

  it("does not keep a skill's preparation from ending either, also by Ctrl-C", async () => {
    for (const end of ["stop", "abort"] as const) {
      let hands: Hands | undefined;
      const task: TaskNode = { sequence: [{ waitS: 0.4 }, GO] };
      const played = await playTask({
        task,
        every: (_, own) => {
          hands = own;
        },
        prepare(_, __, signal) {
          setImmediate(() => (end === "stop" ? hands?.supervisor.command("stop") : hands?.aborting.abort()));
          return unanswered(signal);
        },
      });
      assert.equal(played.result, "stopped", end);
      assert.deepEqual(played.ticks, []);
    }
  });
});

describe("preparing a skill", () => {
  it("that cannot be done yet holds, and is tried again when the world is seen", async () => {
    const played = await playTask({
      prepare(attempt) {
        if (attempt === 0) throw new AgentError("sense.stale", 'goal "here": nothing was sensed yet');
      },
    });
    assert.equal(played.result, "succeeded");
    assert.deepEqual(
      statesOf(played)
        .filter((agent) => agent !== "booting" && agent !== "idle")
        .slice(0, 3),
      ["running", "holding", "running"],
    );
    assert.equal(countOf(played, "prepare"), 2);
  });

  it("that is hopeless for this attempt uses up the retries and fails without a motion", async () => {
    const played = await playTask({
      prepare() {
        throw new AgentError("goal.unreachable", "goal: tool x 2 m is outside the workspace");
      },
    });
    assert.equal(played.result, "failed");
    assert.match(played.reason, /tool x 2 m is outside the workspace/);
    assert.deepEqual([countOf(played, "prepare"), countOf(played, "act")], [3, 0]);
  });

  it("that shows a wrong launch file stops", async () => {
    const played = await playTask({
      prepare() {
        throw new AgentError("goal.mismatch", "goal: no picture of camera front");
      },
    });
    assert.equal(played.result, "stopped");
    assert.deepEqual([countOf(played, "prepare"), countOf(played, "act")], [1, 0]);
  });

  it("that has a bug stops the arm and throws the bug", async () => {
    const bug = playTask({
      prepare() {
        throw new TypeError("undefined is not a goal");
      },
    });
    await assert.rejects(bug, /undefined is not a goal/);
  });
});

describe("a run that was killed", () => {
  const task: TaskNode = { sequence: [GO, { waitS: 1 }, { retry: GO, attempts: 2 }, GO] };
  const pathsLeft = (played: Played): string[] => played.happenings.flatMap((each) => (each.what === "leave" ? [each.path] : []));

  it("after any of its changes goes on from there when a person says so: it ends as if nothing had happened, and no skill runs again", async () => {
    const kept: SupervisorSnapshot[] = [];
    const whole = await playTask({ task, keep: (snapshot) => void kept.push(structuredClone(snapshot)) });
    assert.deepEqual([whole.result, pathsLeft(whole)], ["succeeded", ["0", "2/0", "3"]]);
    assert.ok(kept.length > 20, `${kept.length} changes`);
    const places = new Set<string>();
    for (const left of kept.filter(({ run }) => run !== null)) {
      let wasHeld = false;
      const resumed = await playTask({
        task,
        left: JSON.parse(JSON.stringify(left)) as SupervisorSnapshot,
        every(timeS, { supervisor }) {
          if (timeS < 1) assert.equal(supervisor.state.agent, "holding");
          wasHeld ||= supervisor.state.agent === "holding";
          if (timeS === 1) supervisor.command("resume");
        },
      });
      assert.equal(resumed.result, "succeeded", resumed.reason);
      assert.ok(wasHeld);
      assert.ok(
        resumed.happenings.every((each) => each.what !== "act" || each.timeS >= 1),
        "nothing moved before",
      );
      const path = left.run?.skills[0]?.path ?? "wait";
      places.add(path);
      const from = { 0: 0, wait: 1, "2/0": 1, 3: 2 }[path];
      assert.deepEqual(pathsLeft(resumed), ["0", "2/0", "3"].slice(from), `killed at ${path}`);
    }
    assert.deepEqual([...places], ["0", "wait", "2/0", "3"]);
  });

  it("and aborted ends without a motion", async () => {
    const kept: SupervisorSnapshot[] = [];
    await playTask({ task, keep: (snapshot) => void kept.push(structuredClone(snapshot)) });
    const left = kept.findLast(({ run }) => run !== null) ?? null;
    const aborted = await playTask({ task, left, every: (timeS, { supervisor }) => void (timeS === 1 && supervisor.command("abort")) });
    assert.deepEqual([aborted.result, aborted.reason], ["stopped", "An operator aborted the task."]);
    assert.equal(countOf(aborted, "act"), 0);
  });
});
