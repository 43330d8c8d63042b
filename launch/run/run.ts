/** `foresight run`: one launch file, one robot, one task, whoever listens, one report. */
import { type Contact, createContact } from "../../runtime/assemble/contact.ts";
import { createDesk } from "../../runtime/assemble/desk.ts";
import { createFanOut } from "../../runtime/assemble/fan-out.ts";
import { createHoldToRun } from "../../runtime/assemble/hold-to-run.ts";
import { runTask, type SkillParts } from "../../runtime/assemble/run-task.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Frame, Observation } from "../../runtime/core/sensing.ts";
import type { OperatorCommand } from "../../runtime/core/supervision.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { createSupervisor } from "../../runtime/supervise/supervisor.ts";
import type { GoalSpec } from "../../runtime/supervise/task-tree.ts";
import { skills } from "../../skills/index.ts";
import type { OpenedRobot, Replay } from "../backends/opened.ts";
import { backendOf } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { openAgent } from "../compose.ts";
import { trialSpecOf } from "../task-facts.ts";
import { goalOf } from "./goals.ts";
import { heedSurprise, usualSurpriseOf } from "./heed-surprise.ts";
import { keeping, openState, sayWhereItWas } from "./kept-state.ts";
import { createMinds } from "./minds.ts";
import { reportOf } from "./report.ts";
import { createStatisticsTap } from "./statistics-tap.ts";
import { launchTaps, loadListeners, openTaps } from "./taps.ts";
import type { Party, RunIo, RunReport } from "./words.ts";

export async function run(blueprint: Blueprint, io: RunIo): Promise<RunReport> {
  const { config } = blueprint;
  const stopwatch = new SystemClock();
  await loadListeners(config);
  await using minds = createMinds(blueprint, io); // First: what it opened is closed also where no robot opens.
  await using agent = await openAgent(blueprint, (crew) => minds.prepare(crew));
  const { opened } = agent;
  for (const { subject, verdict, found } of (await opened.introduction?.()) ?? [])
    if (verdict !== "ok") io.say(`warning: ${subject}: ${found}`);
  for (const { fault, fromS, forS } of config.faults)
    io.say(`rehearsal: ${fault} from ${fromS} s ${forS === undefined ? "on" : `for ${forS} s`}`);
  const backend = backendOf(config);
  const trialSpec = trialSpecOf(config);
  const trial = backend.facts.world && trialSpec ? agent.trial(trialSpec, backend.facts.world.seed) : null;
  const { task, goals, autonomy } = config;
  const state = opened.mode === "replay" ? null : openState(config, { skills, goals }, io.say);
  const goesOn = (state?.left?.run ?? null) !== null; // The world is as the task left it.
  let goalFrames = trial && opened.world && !goesOn ? (await opened.world.reset(trial)).goalFrames : (opened.replay?.goalFrames ?? []);

  const asking = { task, goals, autonomy, resume: backend.facts.resume };
  using supervisor = createSupervisor({
    clock: opened.clock,
    skills,
    ...asking,
    left: state?.left ?? null,
    ...keeping(state, agent.rehearsal),
  });
  if (goesOn) sayWhereItWas(supervisor, io.say);
  const showGoal = (): void => tell("goal", { kind: "image", frames: goalFrames });
  const onGoal = (frames: readonly Frame[]): void => {
    goalFrames = frames;
    showGoal();
  };
  let contact: Contact | null = null;
  const onStop = (): void => contact?.forgo();
  io.signal.addEventListener("abort", onStop, { once: true });
  const onCommand = (who: string, command: OperatorCommand): void =>
    tell("instant", { kind: "commanded", atNs: opened.clock.nowNs(), who, command });
  const desk = createDesk({ supervisor, body: agent.body, ages: config.guards, urgent: config.urgent, onGoal, onStop, onCommand });
  const isReady = config.mqtt?.lifecycle === "ready" || config.dashboard.lifecycle === "ready";
  const ends = io.ends ?? (isReady && opened.mode !== "replay" ? "when-told" : "with-task"); // Nobody tells a recording.
  const jog =
    opened.mode === "realtime"
      ? createHoldToRun({ ...opened, body: agent.body, state: () => supervisor.state, refusal: (who) => desk.refusal(who, "resume") })
      : null;
  const party: Party = {
    desk,
    supervisor,
    clock: opened.clock,
    recorder: { saveLast: null },
    jog,
    ask: opened.ask,
    keeper: opened.keeper ?? null,
    ends,
  };
  io.onRecorder?.(party.recorder);
  const usualSurprise = usualSurpriseOf(blueprint);
  const heed = heedSurprise(usualSurprise, supervisor, (share) => desk.limitSpeed("surprise", share));
  const { contact: limits } = config.guards;
  const { mode } = opened;
  contact =
    limits && mode !== "replay" // What a recording tells has been followed already.
      ? createContact({
          ...{ ...opened, ...limits, mode, body: agent.body, state: () => supervisor.state },
          onContact: (error) => void supervisor.fault(error),
        })
      : null;
  const statistics = createStatisticsTap();
  const openers = [...launchTaps(blueprint, opened.mode, io), ...backend.taps(opened, trial, trialSpec), ...(io.taps ?? [])];
  const comparison = opened.replay ? [comparing(opened.replay, io)] : [];
  await using fanOut = createFanOut(
    [statistics, ...(jog ? [{ ...jog, name: "jog" }] : []), ...comparison, ...(await openTaps(openers, party))],
    stopwatch,
    io.say,
  );
  const { tell } = fanOut;
  supervisor.states.subscribe((state) => tell("state", state));
  supervisor.faults.subscribe((fault) => tell("fault", fault));
  opened.robot.events.subscribe((event) => tell("event", event));
  opened.commands?.subscribe((command) => void supervisor.command(command));
  opened.robot.overrides?.subscribe((segment) => tell("instant", { kind: "overridden", atNs: opened.clock.nowNs(), segment }));
  if (goalFrames.length > 0) showGoal();

  const prepare = async (name: string, spec: GoalSpec, observation: Observation | null, signal: AbortSignal): Promise<SkillParts> => {
    const brain = await minds.of(name, spec);
    const { model } = blueprint;
    const { toolAt } = agent.body;
    const goal = await goalOf(spec, { model, workspace: config.guards.workspace, given: goalFrames, observation, toolAt });
    tell("goal", goal);
    return { ...(await brain.towards(goal, signal)), ...agent.body, rng: minds.rng };
  };
  const result = await runTask({
    opened: io.replaying ? paced(opened, io.replaying) : opened,
    supervisor,
    senses: agent.senses,
    stopwatch,
    signal: io.signal,
    prepare,
    onSample(sample) {
      contact?.sample(sample);
      tell("sample", sample);
    },
    afterStop: async () => contact?.backOff(),
    onTick(tick) {
      heed(tick);
      tell("tick", tick);
    },
    onInstant: (instant) => tell("instant", instant),
    ends,
  });
  state?.clear(); // It ended in good order.
  const truth = trial && opened.world ? await opened.world.truth().catch(unlessLost) : null;
  const end = trial && truth && trialSpec ? trialSpec.errorM(truth, trial.goal) : null;
  return reportOf({
    ...{ result, blueprint, opened, provider: minds.provider },
    ...{ errorM: end, successM: trialSpec?.successM ?? null },
    ...{ statistics: statistics.report(), taps: fanOut.report() },
  });
}

/** Why a robot was lost stands in the result; where its world was then nobody can tell any more. */
function unlessLost(error: unknown): null {
  if (error instanceof AgentError && error.code === "robot.lost") return null;
  throw error;
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
