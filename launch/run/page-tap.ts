/** The live page as a tap: what it is told, in its own words, and what its visitors may command. */
import { nsToMs, SystemClock } from "../../runtime/core/clock.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import type { Blueprint } from "../blueprint.ts";
import { pageFacts } from "./page-facts.ts";
import { createPageOrders } from "./page-orders.ts";
import type { Party } from "./words.ts";

/** Of the pictures' own time, and of the joints'. */
const SHOW_EVERY_NS = 100_000_000n;

/** Throws AgentError `dashboard.port`. */
export async function openPageTap(blueprint: Blueprint, party: Party, say: (line: string) => void): Promise<Tap> {
  const { desk, supervisor, jog, recorder } = party;
  const { host, port, token } = blueprint.config.dashboard;
  const clock = new SystemClock();
  const bornNs = clock.nowNs();
  const nowMs = (): number => nsToMs(clock.nowNs() - bornNs);
  const facts = await pageFacts(blueprint, party);
  const newest = new Map<string, Frame>();
  const orders = createPageOrders({
    ...{ desk, facts, jog, recorder, workspace: blueprint.config.guards.workspace, frames: () => [...newest.values()] },
    onDone: (what, refused) => page.showHappening({ kind: "command", atMs: nowMs(), what, refused }),
  });
  const page = await openDashboard({
    host,
    port,
    ...(token === undefined ? {} : { token }),
    facts,
    orders,
    clock,
  });
  say(`page: ${page.url}`);
  const changes = supervisor.transitions.subscribe((change) => page.showHappening({ kind: "change", ...change, atMs: nowMs() }));
  const isFrameDue = every(SHOW_EVERY_NS);
  const isJointsDue = every(SHOW_EVERY_NS);
  let commander: string | null = null;
  const showState = (): void => {
    commander = desk.whoCommands;
    page.showState(supervisor.state, commander);
  };
  return {
    name: "page",
    goal: (goal) => page.showGoal(goal.kind === "image" ? goal : { type: "goal", ...goal }),
    sample(sample) {
      if (sample.kind === "frame") {
        newest.set(sample.frame.camera, sample.frame);
        if (isFrameDue(sample.frame.stampNs)) page.showFrames([...newest.values()]);
      } else if (isJointsDue(sample.joints.stampNs)) {
        page.showJoints(sample.joints);
        if (desk.whoCommands !== commander) showState(); // Who commands changes without a word.
      }
    },
    tick: (tick) => page.showTick(tick),
    state: showState,
    fault: (fault) => page.showFault(fault, nowMs()),
    async close() {
      changes.unsubscribe();
      await page[Symbol.asyncDispose]();
    },
  };
}

/** Whether it is time again, by stamps that may also go back: then it is. */
function every(periodNs: bigint): (stampNs: bigint) => boolean {
  let lastNs: bigint | null = null;
  return (stampNs) => {
    if (lastNs !== null && stampNs >= lastNs && stampNs - lastNs < periodNs) return false;
    lastNs = stampNs;
    return true;
  };
}
