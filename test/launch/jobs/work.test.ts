/** A worker ends a job in words, gives back what it cannot do, and keeps nothing that was cut off. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delivery, Job, Outcome } from "../../../launch/jobs/queue.ts";
import { type Bench, type WorkQueue, work } from "../../../launch/jobs/work.ts";
import { ManualClock } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";

const job: Job = { kind: "eval", configHash: "a".repeat(64), seeds: [1, 2, 3] };

interface Case {
  readonly given?: Job;
  readonly deliveries?: number;
  readonly done?: readonly number[];
  readonly bench?: Partial<Bench>;
  readonly open?: () => Promise<Bench>;
  /** The server is told that the worker lives. */
  readonly onHeartbeat?: () => void;
}

/** One delivery, and then the end. */
async function worked({ given = job, deliveries = 1, done = [], bench = {}, open, onHeartbeat }: Case) {
  const [events, kept, opened]: [string[], Omit<Outcome, "worker">[], string[]] = [[], [], []];
  const interrupt = new AbortController();
  const clock = new ManualClock();
  const delivery: Delivery = {
    job: given,
    deliveries,
    done: () => events.push("done"),
    again: (afterMs) => events.push(`again after ${afterMs}`),
    goesOn: () => {
      events.push("goes on");
      onHeartbeat?.();
    },
  };
  let handed = false;
  const queue: WorkQueue = {
    isClosed: false,
    async take() {
      if (handed) interrupt.abort(new AgentError("stop.operator", "the end"));
      const now = handed ? null : delivery;
      handed = true;
      return now;
    },
    isDone: async (_, seed) => done.includes(seed),
    async record(_, { worker: _w, ...outcome }) {
      kept.push(outcome);
    },
    tell: (_, line) => events.push(line),
    config: async () => "its text",
  };
  const usual: Bench = { do: async (seed) => seed * 10, [Symbol.asyncDispose]: async () => void opened.push("closed"), ...bench };
  const kinds = {
    eval: async (config: string) => {
      opened.push(config);
      return open ? open() : usual;
    },
  };
  const ended = work(queue, { clock, say: () => {}, signal: interrupt.signal, kinds });
  const turn = setInterval(() => clock.advance(1000), 0);
  await ended.finally(() => clearInterval(turn));
  return {
    events: events.filter((event) => event !== "goes on"),
    kept,
    opened,
  };
}

test("every seed that is not done yet is done and kept, then the job is ended, and what was opened is closed", async () => {
  const { events, kept, opened } = await worked({ done: [2] });
  assert.deepEqual(kept, [
    { seed: 1, value: 10 },
    { seed: 3, value: 30 },
  ]);
  assert.deepEqual(events, ["done"]);
  assert.deepEqual(opened, ["its text", "closed"]);
});

test("a seed's own error is what it came to, and the next is done", async () => {
  const { events, kept } = await worked({
    bench: {
      async do(seed) {
        if (seed === 2) throw new AgentError("goal.unreachable", "out of reach");
        return seed;
      },
    },
  });
  assert.deepEqual(kept[1], { seed: 2, error: { code: "goal.unreachable", message: "out of reach" } });
  assert.equal(kept.length, 3);
  assert.deepEqual(events, ["done"]);
});

test("a job that cannot be opened here, or of a kind that is not known, is left to others, and whoever waits is told why", async () => {
  const refuse = async () => {
    throw new AgentError("model.mismatch", "another model is here");
  };
  const refused = await worked({ open: refuse });
  assert.deepEqual(refused.events, ["again after 5000", "does not do it: another model is here"]);
  const unknown = await worked({ given: { ...job, kind: "constructor" } });
  assert.match(unknown.events[1] ?? "", /jobs of kind "constructor" are not known here/);
  assert.deepEqual([...refused.kept, ...unknown.kept], []);
});

test("while a seed is at work the server is told again and again that the worker lives", { timeout: 60_000 }, async () => {
  let beats = 0;
  let enough: (outcome: number) => void = () => {};
  const untilHeard = new Promise<number>((resolve) => (enough = resolve));
  const onHeartbeat = (): void => {
    if (++beats === 3) enough(1);
  };
  const { kept } = await worked({ bench: { do: () => untilHeard }, onHeartbeat });
  assert.equal(kept.length, job.seeds.length);
});

test("a job that was begun again and again and never ended is given up in words", async () => {
  const { kept, events } = await worked({ deliveries: 51 });
  assert.equal(kept.length, 3);
  for (const each of kept) assert.match(JSON.stringify(each), /begun 50 times and never ended/);
  assert.deepEqual(events, ["done"]);
});

test("a bug is nobody's result: the worker ends with it, and others get the job", async () => {
  const bug = worked({
    bench: {
      async do() {
        throw new TypeError("a bug");
      },
    },
  });
  await assert.rejects(bug, { message: "a bug" });
});
