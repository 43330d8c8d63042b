/** Faults of the catalogue in the whole running loop on a virtual clock: noticed in time, the arm at rest, nothing sent meanwhile, and how it goes on. */
import assert from "node:assert/strict";
import type { ErrorCode } from "../../runtime/core/errors.ts";
import type { FaultSpec } from "../../runtime/disturb/fault.ts";
import { type Happening, type Played, playTask, type Script } from "../helpers/scripted-task.ts";
import type { FaultCase } from "./case.ts";

/** The fault begins when the shoulder is under way. */
export const BEGIN_S = 1;
/** And lasts so long, where it passes. */
const FOR_S = 3;
/** Every segment is at rest after this long. */
const REST_S = 0.4;
/** A decision period: the steps in which time passes here. */
const PERIOD_MS = 200;

const ENDINGS = {
  holds: { safeState: "holds, at rest within 0.4 s", recovered: "by itself, after 3 sound decisions" },
  stops: { safeState: "stopped, at rest within 0.4 s", recovered: "a person: reset, start" },
  rests: { safeState: "at rest within 0.4 s", recovered: "the next decision" },
} as const;

export interface LoopExpectation {
  readonly id: string;
  readonly fault: string;
  readonly by: string;
  readonly code: ErrorCode | null;
  readonly says: RegExp;
  /** Of the part that notices; a decision period is added, since time passes in such steps here. */
  readonly withinMs: number;
  readonly arm: keyof typeof ENDINGS;
  /** From the catalogue; or what the world or the agent's own parts do. */
  readonly faults?: readonly Omit<FaultSpec, "fromS" | "forS">[];
  readonly script?: (isOn: (timeS: number) => boolean) => Script;
  /** How long it lasts, seconds; null for once. */
  readonly forS?: number;
}

export function loopCase({
  id,
  fault,
  by,
  code,
  says,
  withinMs,
  arm,
  faults = [],
  script = () => ({}),
  forS = FOR_S,
}: LoopExpectation): FaultCase {
  const deadline = withinMs + PERIOD_MS;
  const isOn = (timeS: number): boolean => timeS >= BEGIN_S && timeS < BEGIN_S + forS;
  return {
    id,
    fault,
    detectedBy: `${by}, ${code ?? "a bug"}`,
    deadline,
    ...ENDINGS[arm],
    clock: "virtual",
    async run() {
      const specs = faults.map((each) => ({ ...each, fromS: BEGIN_S, forS }));
      const played = await playTask({ ...script(isOn), faults: specs });
      const noticed = played.happenings.find((each) => each.what === "fault" && each.code === code && each.timeS >= BEGIN_S);
      assert.ok(noticed?.what === "fault", `${code} was never reported; ${tell(played)}`);
      assert.match(noticed.message, says);
      const tookMs = (noticed.timeS - BEGIN_S) * 1e3;
      assert.ok(tookMs <= deadline + 1e-6, `noticed after ${tookMs.toFixed(0)} ms, at most ${deadline} ms`);
      checkStill(played);
      if (arm === "holds") checkHeld(played);
      else if (arm === "stops") checkStopped(played);
      else checkRested(played, noticed.timeS, isOn);
      return tookMs;
    },
  };
}

function checkHeld(played: Played): void {
  const held = spans(played, "holding");
  assert.ok(held.length > 0, `it never held; ${tell(played)}`);
  assert.equal(played.result, "succeeded", played.reason);
  assert.ok(
    played.happenings.some((each) => each.what === "act" && each.timeS > held.at(-1)!.toS - 1e-9),
    "it acted again after the hold",
  );
}

function checkStopped(played: Played): void {
  assert.equal(played.result, "stopped", played.reason);
  const stopped = played.happenings.findIndex((each) => each.what === "stop");
  assert.ok(stopped >= 0, "it was never stopped");
  assert.deepEqual(
    played.happenings.slice(stopped).filter((each) => each.what === "act" || each.what === "resume"),
    [],
  );
  const { supervisor } = played;
  assert.match(supervisor.command("start") ?? "", /not possible while the agent is/, "it must not begin again by itself");
  assert.equal(supervisor.command("reset"), null);
  assert.equal(supervisor.command("start"), null);
}

function checkRested(played: Played, noticedS: number, isOn: (timeS: number) => boolean): void {
  assert.deepEqual(spans(played, "holding"), []);
  assert.deepEqual(
    played.happenings.filter((each) => each.what === "act" && each.timeS >= noticedS && isOn(each.timeS)),
    [],
    "nothing was sent from then on while it lasted",
  );
  assert.equal(played.result, "succeeded", played.reason);
}

export interface Span {
  readonly fromS: number;
  readonly toS: number;
  readonly reason: string;
  readonly happenings: readonly Happening[];
}

/** From every entry into a state of the agent to the next other one. */
export function spans({ happenings }: Played, agent: string): readonly Span[] {
  return happenings.flatMap((each, index) => {
    if (each.what !== "state" || each.agent !== agent) return [];
    const end = happenings.findIndex((other, at) => at > index && other.what === "state" && other.agent !== agent);
    const to = end < 0 ? happenings.length : end;
    const toS = happenings[to]?.timeS ?? Number.POSITIVE_INFINITY;
    return [{ fromS: each.timeS, toS, reason: each.reason, happenings: happenings.slice(index, to) }];
  });
}

/** While it holds, stops or is stopped no segment is sent, and the arm is at rest after the one that was running. */
export function checkStill(played: Played): void {
  for (const { fromS, toS, happenings } of ["holding", "stopping", "stopped", "faulted"].flatMap((agent) => spans(played, agent))) {
    const sent = happenings.filter((each) => each.what === "act");
    assert.deepEqual(sent, [], `sent between ${fromS} and ${toS} s`);
    const moving = played.commands.find((each) => each.timeS > fromS + REST_S && each.timeS < toS && each.speedRadPerS > 0);
    assert.equal(moving, undefined, `still moving at ${moving?.timeS} s, held since ${fromS} s`);
  }
}

const tell = ({ happenings, result, reason }: Played): string =>
  `${result}: ${reason}; ${happenings
    .filter((each) => each.what === "fault")
    .slice(0, 4)
    .map((each) => JSON.stringify(each))
    .join(" ")}`;
