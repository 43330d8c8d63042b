/** `foresight run` of a launch file with `fleet`: one broker, a process for every arm, one page that lists them. */
import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { type Commander, openCommander } from "../../runtime/bridge/mqtt/commander.ts";
import { openEmbeddedBroker } from "../../runtime/bridge/mqtt/embedded-broker.ts";
import { SystemClock, SystemWallClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { newToken } from "../../runtime/core/secret.ts";
import { loadLaunch } from "../config/load.ts";
import type { LaunchConfig } from "../config/schema.ts";
import type { FleetSection } from "../config/schema-fleet.ts";
import { type ArmProcess, startArm } from "./arm-process.ts";
import { type Board, createBoard } from "./board.ts";
import { createLineUp, type LineUp } from "./line-up.ts";
import { openFleetPage } from "./page.ts";

export interface FleetOptions {
  /** The launch file and the changes that hold for every arm. */
  readonly file: string;
  readonly changes: readonly string[];
  readonly config: LaunchConfig;
  readonly fleet: FleetSection;
  /** Lines for people. */
  readonly say: (line: string) => void;
}

/** A fleet whose arms start one after the other. */
export interface Fleet extends AsyncDisposable {
  readonly board: Board;
  /** Those that were started. */
  readonly arms: readonly ArmProcess[];
  /** Resolves when every arm's process has ended, with their exit codes. */
  readonly ended: Promise<readonly (number | null)[]>;
}

/** Who commands: the page. */
const COMMANDER = "fleet";
const PASSWORD = "FORESIGHT_FLEET_PASSWORD";
const TOKEN = "FORESIGHT_FLEET_TOKEN";

/** Throws AgentErrors of broker, page and of any arm's launch file, before anything moves. */
export async function openFleet({ file, changes, config, fleet, say }: FleetOptions): Promise<Fleet> {
  const { mqtt } = config;
  if (mqtt?.broker.kind !== "embedded")
    throw new AgentError("launch.invalid", "fleet: needs mqtt.broker.kind embedded; its arms meet there");
  const { site, broker } = mqtt;
  const clock = new SystemClock();
  const names = Object.keys(fleet.arms);
  const token = newToken();
  const open: AsyncDisposable[] = [];
  const keep = <T extends AsyncDisposable>(part: T): T => {
    open.unshift(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of open) await part[Symbol.asyncDispose]();
  };
  try {
    const embedded = keep(
      await openEmbeddedBroker({
        ...broker,
        places: names.map((robot) => ({ site, robot })),
        commanders: { [COMMANDER]: { token } },
        say,
      }),
    );
    const samples = samplesFor(config.planner.samples, names.length, availableParallelism());
    if (samples < config.planner.samples)
      say(
        `the ${names.length} arms share ${availableParallelism()} cores: each plans with ${samples} samples, not ${config.planner.samples}`,
      );
    const arms = embedded.robots.map(({ place: { robot }, name: user, password }) => {
      const own = [
        "dashboard.port:=0",
        `planner.samples:=${samples}`,
        ...changes,
        ...(fleet.arms[robot] ?? []),
        "fleet:=null",
        `mqtt.robot:=${robot}`,
      ];
      const link = `{kind: external, url: "${embedded.url}", protocol: 3.1.1, username: "${user}", password: "\${env:${PASSWORD}}"}`;
      const args = [file, ...own, `mqtt.broker:=${link}`, `mqtt.commanders:={${COMMANDER}: {token: "\${env:${TOKEN}}"}}`];
      const environment = { [PASSWORD]: password, [TOKEN]: token };
      loadLaunch(file, args.slice(1), { ...process.env, ...environment }); // What is wrong with one is said before any moves.
      return { name: robot, args, environment, say, clock };
    });
    const board = createBoard(names);
    let lineUp: LineUp | null = null;
    const beginner = createBeginner(fleet.begin && mqtt.lifecycle === "ready" ? names : []);
    const begin = (ready: readonly string[]): void => {
      for (const robot of ready) void commander.command(robot, "start").then((why) => why && say(`${robot}: did not start, ${why}`));
    };
    const commander: Commander = keep(
      await openCommander({
        ...{ url: embedded.url, site, name: COMMANDER, token, clock, wallClock: new SystemWallClock(), sessionId: randomUUID() },
        onTold(told) {
          board.take(told);
          if (told.topic !== "state" || told.isKept || told.body.agent === "booting") return;
          lineUp?.up(told.robot);
          begin(told.body.agent === "idle" ? beginner.idle(told.robot) : beginner.out(told.robot));
        },
      }),
    );
    const page = keep(
      await openFleetPage({ section: fleet.page, title: `Foresight: ${names.length} arms`, board, command: commander.command, clock }),
    );
    say(`fleet: ${page.url}`);
    const start = (arm: (typeof arms)[number]) => (): ArmProcess => {
      const process = startArm(arm);
      void sayEnd(process, say).then(() => begin(beginner.out(arm.name)));
      return process;
    };
    const line = createLineUp(new Map(arms.map((arm) => [arm.name, start(arm)])), clock);
    lineUp = line;
    return {
      board,
      arms: line.started,
      ended: line.ended,
      async [Symbol.asyncDispose]() {
        await line.end();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function sayEnd({ name, ended }: ArmProcess, say: (line: string) => void): Promise<void> {
  const code = await ended;
  say(`${name}: has ended ${code === null ? "by a signal" : `with code ${code}`}`);
}

/** As good a search as there is. */
const SAMPLES_MIN = 16;

/** Candidates of a plan, so that many arms that think on few cores are all in time: a core's share of what the launch file says for an arm alone. */
export const samplesFor = (samples: number, arms: number, cores: number): number =>
  Math.min(samples, Math.max(SAMPLES_MIN, Math.floor((samples * cores) / arms)));

/** Who may begin now: all together, once every arm has been idle, or faulted, or has ended, so that none moves while another still takes the whole machine to start. */
function createBeginner(names: readonly string[]) {
  const waiting = new Set(names);
  const ready: string[] = [];
  const without = (name: string): readonly string[] => (waiting.delete(name) && waiting.size === 0 ? ready.splice(0) : []);
  return {
    idle(name: string): readonly string[] {
      if (waiting.has(name)) ready.push(name);
      return without(name);
    },
    out: without,
  };
}
