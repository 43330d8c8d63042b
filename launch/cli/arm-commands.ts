/** The verbs for an arm in front of you: jog, goal capture. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { JogIo } from "../bring-up/jog.ts";
import { exit, interruption, launchOf, positiveNumber, say, show } from "./command-line.ts";

export function addArmCommands(program: Command): void {
  addJog(program);
  addGoalCapture(program);
}

interface JogFlags {
  readonly joints?: readonly string[];
  readonly confirm?: readonly string[];
  readonly degrees: number;
  readonly speed: number;
  readonly json?: string;
}

function addJog(program: Command): void {
  program
    .command("jog")
    .description(
      "move one joint at a time a few degrees, while the space bar is held, and check its order, sign and unit; the second rung of a new arm",
    )
    .argument("<launch>", "launch file")
    .argument("[overrides...]", "changes such as backend.node.namespace:=/left")
    .option("--joints <names...>", "only these (default: all)")
    .option("--degrees <count>", "how far each goes and comes back", positiveNumber, 3)
    .option("--speed <count>", "degrees a second", positiveNumber, 4)
    .option("--confirm <names...>", "without a keyboard: the joints that may move, each by its name")
    .option("--json <file>", "write the report")
    .action(async (launch: string, overrides: string[], flags: JogFlags) => {
      const { loadLaunch } = await import("../config/load.ts");
      const { jog, printJog } = await import("../bring-up/jog.ts");
      const interrupt = interruption();
      using keys = await openHold(flags.confirm, interrupt);
      const config = loadLaunch(...launchOf(launch, overrides));
      const { joints = [], degrees, speed: degreesPerS } = flags;
      const report = await jog({ config, joints, degrees, degreesPerS }, { say, signal: interrupt.signal, hold: keys.hold });
      show(report, printJog(report), flags.json);
      process.exitCode = report.ok ? exit.success : exit.failed;
    });
}

/** The space bar of a terminal; without one, joints that were named. */
async function openHold(confirmed: readonly string[] | undefined, interrupt: AbortController): Promise<Disposable & Pick<JogIo, "hold">> {
  if (confirmed) return { hold: async (joint) => (confirmed.includes(joint) ? () => true : null), [Symbol.dispose]() {} };
  if (!process.stdin.isTTY)
    throw new AgentError("launch.invalid", "jog: there is no keyboard to hold a key on; name the joints that may move behind --confirm");
  const { createHoldToRun } = await import("../bring-up/hold-to-run.ts");
  const keys = createHoldToRun(process.stdin, new SystemClock(), () =>
    interrupt.abort(new AgentError("stop.operator", "interrupted from the keyboard")),
  );
  return {
    async hold(joint, motion) {
      say(`${joint}: hold the space bar to move it ${motion}; s skips it, any other key or letting go stops it`);
      return keys.next();
    },
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  };
}

function addGoalCapture(program: Command): void {
  program
    .command("goal")
    .description("pictures of goals")
    .command("capture")
    .description("take a picture of the goal with each of the robot's own cameras; the arm is not moved")
    .argument("<launch>", "launch file")
    .argument("[overrides...]", "changes such as backend.node.namespace:=/left")
    .requiredOption("--out <folder>", "for the pictures")
    .option("--by-hand", "of an arm on its own bus: it goes limp after a yes, and you move it to the goal before the picture is taken")
    .action(async (launch: string, overrides: string[], flags: { out: string; byHand?: boolean }) => {
      const { loadLaunch } = await import("../config/load.ts");
      const { captureGoal } = await import("../bring-up/capture-goal.ts");
      const config = loadLaunch(...launchOf(launch, overrides));
      if (!flags.byHand) return say(await captureGoal(config, resolve(flags.out)));
      const { letGo } = await import("../desk/let-go.ts");
      const { talkOf, terminalFace } = await import("../desk/talk.ts");
      using terminal = terminalFace();
      const talk = talkOf([terminal], interruption().signal);
      await letGo(config, talk);
      say(await captureGoal(config, resolve(flags.out), () => talk.enter("Move the arm to the goal by hand, and hold it there.")));
    });
}
