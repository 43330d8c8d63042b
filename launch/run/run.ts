/** `foresight run`: one launch file, one robot, one task, whoever listens, one report. */
import { tellAgain } from "../../runtime/assemble/desk.ts";
import { createFanOut, createTeller, type FanOut } from "../../runtime/assemble/fan-out.ts";
import { runTask, type SkillParts } from "../../runtime/assemble/run-task.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import type { Observation } from "../../runtime/core/sensing.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import type { Supervisor } from "../../runtime/supervise/supervisor-types.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import type { OpenedRobot, Replay } from "../backends/opened.ts";
import type { Blueprint } from "../blueprint.ts";
import { openAgent } from "../compose.ts";
import type { LaunchConfig } from "../config/schema.ts";
import { isPrivileged } from "../privilege.ts";
import { goalOf } from "./goals.ts";
import { partyOf, takeHelm } from "./helm.ts";
import { openEpisodes } from "./kept-episodes.ts";
import { createMinds } from "./minds.ts";
import { reportOf } from "./report.ts";
import { setScene } from "./scene.ts";
import { createStatisticsTap } from "./statistics-tap.ts";
import { launchTaps, loadListeners, openTaps } from "./taps.ts";
import { toldParts } from "./told-parts.ts";
import type { RunIo, RunReport } from "./words.ts";

export async function run(blueprint: Blueprint, io: RunIo): Promise<RunReport> {
  const { config } = blueprint;
  const stopwatch = new SystemClock();
  await loadListeners(config);
  using episodes = openEpisodes(blueprint, io.say);
  await using minds = createMinds(blueprint, io, episodes); // First: what it opened is closed also where no robot opens.
  await using agent = await openAgent(blueprint, (crew) => minds.prepare(crew));
  const { opened } = agent;
  await introduce(opened, config, io.say);
  const scene = await setScene(blueprint, agent, io.say);
  const { tell, begin } = createTeller();
  using helm = takeHelm({ blueprint, agent, scene, io, tell });
  const { supervisor } = helm;
  const ends = opened.replay?.ends ?? io.ends ?? (isToldWhen(config) ? "when-told" : "with-task");
  const party = partyOf(helm, agent, ends);
  io.onRecorder?.(party.recorder);
  const statistics = createStatisticsTap();
  const openers = [...launchTaps(blueprint, opened.mode, io), ...scene.taps, ...(io.taps ?? [])];
  const own = [statistics, ...(helm.jog ? [{ ...helm.jog, name: "jog" }] : []), ...(opened.replay ? [comparing(opened.replay, io)] : [])];
  await using fanOut = createFanOut([...own, ...(await openTaps(openers, party))], stopwatch, io.say);
  begin(fanOut);
  tellAll(supervisor, opened, tell);
  opened.orders?.subscribe((order) => {
    tellAgain(helm.desk, order);
    io.replaying?.told(order);
  });
  if (scene.goalFrames.length > 0) tell("goal", { kind: "image", frames: scene.goalFrames });

  const prepare = async (name: string, spec: GoalSpec, observation: Observation | null, signal: AbortSignal): Promise<SkillParts> => {
    const brain = await minds.of(name, spec);
    const { model } = blueprint;
    const { toolAt } = agent.body;
    const goal = await goalOf(spec, { model, workspace: config.guards.workspace, given: scene.goalFrames, observation, toolAt });
    tell("goal", goal);
    const parts = isPrivileged(model) ? await toldParts(brain, spec, agent, scene) : await brain.towards(goal, signal);
    episodes?.begins(skills[name]!, parts);
    return { ...parts, ...agent.body, rng: minds.rng };
  };
  const result = await runTask({
    opened: io.replaying ? paced(opened, io.replaying) : opened,
    supervisor,
    senses: agent.senses,
    stopwatch,
    signal: opened.replay ? AbortSignal.any([io.signal, opened.replay.over]) : io.signal,
    prepare,
    onSample(sample) {
      helm.sample(sample);
      tell("sample", sample);
    },
    afterStop: helm.backOff,
    onTick(tick) {
      helm.heed(tick);
      episodes?.add(tick);
      tell("tick", tick);
    },
    onAttemptOver: () => episodes?.ends(),
    onInstant: (instant) => tell("instant", instant),
    ends,
  });
  scene.state?.clear(); // It ended in good order.
  return reportOf({
    ...{ result, blueprint, opened, provider: minds.provider, ...(await scene.judged()) },
    ...{ statistics: statistics.report(), taps: fanOut.report() },
  });
}

/** What the arm says of itself against the launch file, and what will be broken on purpose. */
async function introduce(opened: OpenedRobot, { faults }: LaunchConfig, say: (line: string) => void): Promise<void> {
  for (const { subject, verdict, found } of (await opened.introduction?.()) ?? [])
    if (verdict !== "ok") say(`warning: ${subject}: ${found}`);
  for (const { fault, fromS, forS } of faults) say(`rehearsal: ${fault} from ${fromS} s ${forS === undefined ? "on" : `for ${forS} s`}`);
}

const isToldWhen = ({ mqtt, dashboard }: LaunchConfig): boolean => mqtt?.lifecycle === "ready" || dashboard.lifecycle === "ready";

/** Everybody hears what the supervisor and the robot say. */
function tellAll(supervisor: Supervisor, { robot, clock }: OpenedRobot, tell: FanOut["tell"]): void {
  supervisor.states.subscribe((state) => tell("state", state));
  supervisor.faults.subscribe((fault) => tell("fault", fault));
  robot.events.subscribe((event) => tell("event", event));
  robot.overrides?.subscribe((segment) => tell("instant", { kind: "overridden", atNs: clock.nowNs(), segment }));
}

/** Holds every decision against the recorded one. */
const comparing = ({ comparison }: Replay, { replaying }: RunIo): Tap => ({
  name: "comparison",
  tick(tick) {
    const difference = comparison.add(tick.decision);
    replaying?.decided(tick, difference);
  },
});

/** The same robot, which is asked for its next observation only when somebody says so. */
const paced = (opened: OpenedRobot, { beat }: NonNullable<RunIo["replaying"]>): OpenedRobot => ({
  ...opened,
  pace(observations) {
    const pace = opened.pace(observations);
    const next: typeof pace.next = async (signal) => {
      await beat(opened.clock.nowNs());
      return pace.next(signal);
    };
    return { ...pace, next };
  },
});
