/** The live page as a tap: what it is told, in its own words, and what its visitors may command. */
import { combineLatest } from "rxjs";
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { createSeen } from "../../runtime/dashboard/seen.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import type { Blueprint } from "../blueprint.ts";
import { curvesOf } from "./kept-curves.ts";
import { sightsOf } from "./kept-sights.ts";
import { pageFacts } from "./page-facts.ts";
import { createPageOrders } from "./page-orders.ts";
import { createPageSamples } from "./page-samples.ts";
import type { Party } from "./words.ts";

/** Throws AgentError `dashboard.port`. */
export async function openPageTap(blueprint: Blueprint, party: Party, say: (line: string) => void): Promise<Tap> {
  const { desk, supervisor, jog, recorder } = party;
  const { host, port, token } = blueprint.config.dashboard;
  const clock = new SystemClock();
  const bornNs = clock.nowNs();
  const nowMs = (): number => nsToMs(clock.nowNs() - bornNs);
  const facts = await pageFacts(blueprint, party);
  const samples = createPageSamples(() => page);
  const orders = createPageOrders({
    ...{ desk, facts, jog, recorder, workspace: blueprint.config.guards.workspace, frames: samples.frames },
    onLimits: (limits) => page.showLimits(limits),
    onDone: (what, refused) => page.showHappening({ kind: "command", atMs: nowMs(), what, refused }),
  });
  const seen = createSeen();
  for (const { latent, frames } of await sightsOf(blueprint.model)) seen.add(latent, frames, "model");
  const page = await openDashboard({
    host,
    port,
    ...(token === undefined ? {} : { token }),
    ...{ facts, seen },
    curves: await curvesOf(blueprint.model.folder),
    orders,
    clock,
  });
  say(`page: ${page.url}`);
  const changes = supervisor.transitions.subscribe((change) => page.showHappening({ kind: "change", ...change, atMs: nowMs() }));
  const recordings = combineLatest([recorder.ofRun, recorder.states]).subscribe(([ofRun, asked]) => page.showRecordings({ ofRun, asked }));
  let commander: string | null = null;
  const showState = (): void => {
    commander = desk.whoCommands;
    page.showState(supervisor.state, commander);
  };
  return {
    name: "page",
    goal: (goal) => page.showGoal(goal.kind === "image" ? goal : { type: "goal", ...goal }),
    sample(sample) {
      samples.sample(sample);
      if (desk.whoCommands !== commander) showState(); // Who commands changes without a word.
    },
    tick: (tick) => page.showTick(tick),
    state: showState,
    fault: (fault) => page.showFault(fault, nowMs()),
    async close() {
      changes.unsubscribe();
      recordings.unsubscribe();
      await page[Symbol.asyncDispose]();
    },
  };
}
