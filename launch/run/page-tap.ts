/** The live page as a tap: what it is told, in its own words, and what its visitors may command. */
import type { Frame } from "../../runtime/core/sensing.ts";
import type { SupervisorState } from "../../runtime/core/supervision.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import { type LaunchConfig, robotName } from "../config/schema.ts";
import type { Party } from "./words.ts";

/** Of the pictures' own time. */
const SHOW_EVERY_NS = 100_000_000n;

/** Throws AgentError `dashboard.port`. */
export async function openPageTap({ robot, cameras, dashboard }: LaunchConfig, { desk }: Party, say: (line: string) => void): Promise<Tap> {
  const { host, port, token } = dashboard;
  const page = await openDashboard({
    host,
    port,
    ...(token === undefined ? {} : { token }),
    title: `Foresight: ${robotName(robot)}`,
    cameras,
    onCommand: (command) => desk.command("page", command),
  });
  say(`page: ${page.url}`);
  const newest = new Map<string, Frame>();
  let shownNs: bigint | null = null;
  return {
    name: "page",
    goal(goal) {
      if (goal.kind === "image") page.showGoal(goal.frames);
    },
    sample(sample) {
      if (sample.kind !== "frame") return;
      newest.set(sample.frame.camera, sample.frame);
      if (shownNs !== null && sample.frame.stampNs - shownNs < SHOW_EVERY_NS) return;
      shownNs = sample.frame.stampNs;
      page.showFrames([...newest.values()]);
    },
    tick: (tick) => page.showTick(tick),
    state: (state) => page.showState(stateLine(state)),
    close: async () => await page[Symbol.asyncDispose](),
  };
}

const stateLine = ({ agent, task, skills, reason }: SupervisorState) => ({
  agent,
  task,
  skill: skills.map(({ name, state, decisions }) => `${name} (${state}, ${decisions} decisions)`).join(", "),
  reason,
});
