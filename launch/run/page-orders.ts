/** What the visitors of the page may bring about: commands and goals go to the desk, and every one of them is told. */
import type { HoldToRun } from "../../runtime/assemble/hold-to-run.ts";
import type { Desk } from "../../runtime/core/desk.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import type { Workspace } from "../../runtime/core/workspace.ts";
import type { PageGoal, PageLimits, PageOrders } from "../../runtime/dashboard/commands.ts";
import type { PageFacts } from "../../runtime/dashboard/facts.ts";
import { misplaced } from "../../runtime/supervise/goal-place.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { askedInWords } from "./limits-in-words.ts";
import type { RecorderPort } from "./words.ts";

interface PageOrdersOptions {
  readonly desk: Pick<Desk, "command" | "assign" | "giveGoal" | "urgent" | "limitSpeed" | "limitTool" | "record">;
  readonly facts: Pick<PageFacts, "goals" | "cameras" | "ends">;
  /** Where goals may be. */
  readonly workspace: Workspace;
  /** The newest picture of every camera that has delivered one. */
  readonly frames: () => readonly Frame[];
  /** Null where joints are not moved by hand. */
  readonly jog: HoldToRun | null;
  readonly recorder: Pick<RecorderPort, "saveLast">;
  /** All that was limited from the page so far. */
  readonly onLimits: (limits: PageLimits) => void;
  readonly onDone: (what: string, refused: string | null) => void;
}

const WHO = "page";

export function createPageOrders({ desk, facts, workspace, frames, jog, recorder, onLimits, onDone }: PageOrdersOptions): PageOrders {
  const told = (what: string, refused: string | null): string | null => {
    onDone(what, refused);
    return refused;
  };
  const giveGoal = (goal: PageGoal): string | null => {
    if (facts.ends === "with-task")
      return "this run ends with its task; start it with dashboard.lifecycle:=ready to give it goals from here";
    const skill = facts.goals.find(({ kind }) => kind === goal.kind)?.skill;
    if (skill === undefined) return `no skill of this task takes a goal of kind "${goal.kind}"`;
    if (goal.kind !== "image") return misplacedIn(workspace, goal) ?? desk.assign(WHO, { skill, goal });
    const missing = facts.cameras.find(({ name }) => frames().every(({ camera }) => camera !== name));
    if (missing) return `camera "${missing.name}" has not delivered a picture yet`;
    return desk.assign(WHO, { skill, goal: { kind: "image", source: "simulator" } }) ?? desk.giveGoal(WHO, frames());
  };
  const save = async (): Promise<string | null> => {
    if (!recorder.saveLast) return 'no recorder keeps the newest seconds; add "last" to record in the launch file';
    const { file, said } = await recorder.saveLast();
    if (file === null) return told("save", said);
    return told(`save: ${said}`, null);
  };
  let limited: PageLimits = {};
  return {
    save,
    record: async (what) => told(`record: ${what}`, await desk.record(WHO, what)),
    jog: (asked) => (jog ? jog.move(WHO, asked) : "this world waits for the agent: the arm is not moved by hand in it"),
    command: (command) => told(command, desk.command(WHO, command)),
    urgent: (name) => told(`urgent: ${name}`, desk.urgent(WHO, name)),
    limit({ speedShare, ...tool }) {
      if (speedShare !== undefined) desk.limitSpeed(WHO, speedShare);
      desk.limitTool(WHO, tool);
      limited = { ...limited, ...(speedShare === undefined ? {} : { speedShare }), ...tool };
      onLimits(limited);
      return told(`limits: ${askedInWords(limited)}`, null);
    },
    goal: (goal) =>
      told(goal.kind === "image" ? "goal: as it is now" : `goal: ${goal.kind} at ${goal.positionM.join(", ")} m`, giveGoal(goal)),
  };
}

const misplacedIn = (workspace: Workspace, { kind, positionM: [x, y, z] }: Exclude<PageGoal, { kind: "image" }>): string | null =>
  misplaced({ kind, positionM: [x, y, z] } as GoalSpec, workspace);
