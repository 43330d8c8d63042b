/** A shipped model with the threshold of its own card, in the simulator's lockstep: a camera that is pushed aside makes the arm slower, then hold; told to, it goes on and comes to its end. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { draw } from "../../../launch/compose.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { run } from "../../../launch/run/run.ts";
import type { RunReport } from "../../../launch/run/words.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import type { Tick } from "../../../runtime/core/tick.ts";

/** When the camera is pushed, and for how long it stays so, seconds of the world's time. */
const [FROM_S, FOR_S] = [0.8, 3];
const PUSHED = `faults:=[{ fault: camera-turned, of: front, by: 6, fromS: ${FROM_S}, forS: ${FOR_S} }]`;

interface Seen {
  readonly report: RunReport;
  readonly threshold: number;
  readonly ticks: readonly { readonly atS: number; readonly decision: Tick["decision"] }[];
  readonly holds: readonly { readonly atS: number; readonly reason: string }[];
  /** What was answered to a person's resume in each hold. */
  readonly answers: readonly (string | null)[];
  readonly codes: readonly string[];
}

/** A person resumes at once, whenever the arm holds. */
async function reach(overrides: readonly string[]): Promise<Seen> {
  const fixed = ["backend.mode:=lockstep", "dashboard.enabled:=false", "model.threads:=1", "guards.maxSurprise:=calibrated"];
  const blueprint = await draw(loadLaunch(join(packageRoot, "launch/panda-reach.launch.yaml"), [...fixed, ...overrides]));
  const ticks: { atS: number; decision: Tick["decision"] }[] = [];
  const holds: { atS: number; reason: string }[] = [];
  const answers: (string | null)[] = [];
  const codes: string[] = [];
  const report = await run(blueprint, {
    say: () => {},
    signal: new AbortController().signal,
    taps: [
      ({ clock, desk, supervisor }) => {
        const beginNs = clock.nowNs();
        const atS = (): number => Number(clock.nowNs() - beginNs) / 1e9;
        let was = "";
        return {
          name: "looks",
          tick: ({ decision }) => void ticks.push({ atS: atS(), decision }),
          fault: ({ error, decision: { reaction } }) =>
            void (error instanceof AgentError && reaction !== "ignore" && codes.push(error.code)),
          state({ agent, reason }) {
            if (agent === "holding" && was !== "holding") {
              holds.push({ atS: atS(), reason });
              queueMicrotask(() => {
                if (supervisor.state.agent === "holding") answers.push(desk.command("person", "resume"));
              });
            }
            was = agent;
          },
        };
      },
    ],
  });
  return { report, threshold: blueprint.model.spec.surprise!.quantile, ticks, holds, answers, codes };
}

/** How far the arm went of what the decision wanted, 0 to 1. */
const shareOf = ({ action, executedAction }: Tick["decision"]): number => Math.hypot(...executedAction) / Math.hypot(...action);
const isAbove = (threshold: number, surprise: number | null): boolean => surprise !== null && surprise > threshold;

let pushed: Seen;
let usual: Seen;
before(async () => {
  pushed = await reach([PUSHED]);
  usual = await reach([]);
});

test("left alone the same run neither holds nor is told of", () => {
  assert.deepEqual([usual.report.result, usual.holds.length, usual.codes], ["succeeded", 0, []]);
});

test("the first decision above the card's threshold goes on at half the speed", (context) => {
  const { ticks, threshold } = pushed;
  const first = ticks.findIndex(({ atS, decision }) => atS > FROM_S && isAbove(threshold, decision.surprise));
  assert.ok(first > 0, "one is");
  const slow = shareOf(ticks[first + 1]!.decision);
  const before = ticks.slice(0, first).filter(({ decision }) => !isAbove(threshold, decision.surprise) && decision.verdict === "pass");
  const fast = Math.max(...before.map(({ decision }) => shareOf(decision)));
  context.diagnostic(
    `surprise ${ticks[first]!.decision.surprise?.toFixed(3)} above ${threshold.toFixed(3)}; share of the action done ${fast.toFixed(2)} before, ${slow.toFixed(2)} after`,
  );
  assert.ok(slow < 0.6 * fast, `${slow} after ${fast}`);
});

test("three in a row hold the arm, and it is said why and what to do; a person's resume lets it go on", () => {
  const { holds, answers, codes, ticks } = pushed;
  assert.ok(holds.length > 0, "it held");
  assert.ok(holds[0]!.atS > FROM_S);
  assert.match(
    holds[0]!.reason,
    /^decision \d+: surprised by \d+\.\d\d, 3 times in a row above 0\.07\d+; look at the scene and the cameras, or practise there/,
  );
  assert.ok(
    codes.every((code) => code === "model.surprised"),
    codes.join(", "),
  );
  assert.ok(answers.length > 0 && answers.every((answer) => answer === null), answers.join(", "));
  assert.ok(
    ticks.some(({ atS }) => atS > holds[0]!.atS),
    "it decides again after the hold",
  );
});

test("once the camera stands as it did, nothing holds it any more, and the task comes to its end", () => {
  const { report, holds, ticks } = pushed;
  assert.equal(report.result, "succeeded", report.reason);
  assert.ok(ticks.at(-1)!.atS > FROM_S + FOR_S, "it lasted longer than the fault");
  assert.deepEqual(
    holds.filter(({ atS }) => atS > FROM_S + FOR_S + 0.6),
    [],
  );
});
