/** L: processes that die, hang, are started twice, or come back. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTaps } from "../../launch/run/taps.ts";
import type { Party } from "../../launch/run/words.ts";
import { lockRobot } from "../../runtime/act/robot-lock.ts";
import { SystemClock } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Tap } from "../../runtime/core/tap.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import { HOLDS_MAX } from "../../runtime/supervise/bounds.ts";
import type { SupervisorSnapshot } from "../../runtime/supervise/snapshot.ts";
import { openStateFile } from "../../runtime/supervise/state-file.ts";
import { HEALTHY_TO_RESUME } from "../../runtime/supervise/step.ts";
import { pageFacts } from "../helpers/page-facts.ts";
import { playTask } from "../helpers/scripted-task.ts";
import { begin, leaf, reach, stale } from "../helpers/supervised.ts";
import { type FaultCase, refused } from "./case.ts";
import { crash } from "./compute-cases.ts";
import { agentDies, agentStalls, agentTerminated, keeperGone, keeperTerminated } from "./dying-processes.ts";
import { BEGIN_S, loopCase } from "./loop-case.ts";

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "foresight-faults-"));
  process.once("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** What a process leaves that is killed in motion, and what the next one does with it. */
async function resumed(): Promise<number | null> {
  let left: SupervisorSnapshot | null = null;
  const killed = await playTask({
    keep: (snapshot) => (left = snapshot.run ? (JSON.parse(JSON.stringify(snapshot)) as SupervisorSnapshot) : left),
    every: (timeS, { supervisor, aborting }) => void (timeS >= BEGIN_S && supervisor.state.agent === "running" && aborting.abort()),
  });
  assert.ok(killed.happenings.some(({ what }) => what === "act"));
  const states: string[] = [];
  const next = await playTask({
    left,
    every: (timeS, { supervisor }) => {
      states.push(supervisor.state.agent);
      if (timeS >= 0.6 && supervisor.state.agent === "holding") supervisor.command("resume");
    },
  });
  assert.equal(states[0], "holding", "it comes back holding");
  assert.ok(!next.happenings.some((each) => each.what === "act" && each.timeS < 0.6), "and moves nothing before a person says so");
  assert.equal(next.result, "succeeded", next.reason);
  return 0;
}

function holdAgainAndAgain(): void {
  const { supervisor, act } = begin();
  act();
  for (let count = 0; count < HOLDS_MAX; count++) {
    supervisor.fault(stale);
    for (let healthy = 0; healthy < HEALTHY_TO_RESUME; healthy++) supervisor.healthy();
  }
  assert.equal(supervisor.fault(stale).reaction, "stop");
}

async function partialStart(): Promise<void> {
  const closed: string[] = [];
  const tap = (name: string): Tap => ({ name, close: async () => void closed.push(name) });
  const opening = openTaps(
    [() => tap("page"), () => tap("recorder"), () => Promise.reject(new AgentError("bridge.failed", "no broker; start one"))],
    {} as Party,
  );
  await assert.rejects(opening, { code: "bridge.failed" });
  assert.deepEqual(closed.sort(), ["page", "recorder"], "what was open is closed again");
}

async function portInUse(): Promise<void> {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const open = openDashboard({
    host: "127.0.0.1",
    port,
    token: "a-token-for-tests",
    facts: pageFacts,
    orders: { command: () => null },
    clock: new SystemClock(),
  });
  await assert.rejects(open, { code: "dashboard.port" });
  taken.close();
}

async function twoCommanders(arm: string): Promise<void> {
  const options = { clock: new SystemClock(), waitMs: 0, folder: folder() };
  await using _first = await lockRobot(arm, options);
  await assert.rejects(lockRobot(arm, options), {
    code: "robot.rejected",
    message: new RegExp(`process ${process.pid} commands it already`),
  });
}

/** A state file, changed before it is read again. */
function spoiledState(change: (text: string) => string): void {
  const path = join(folder(), "a.state");
  const known = { skills: { reach } };
  const { keep } = openStateFile({ path, robot: "panda", known });
  const { act } = begin(leaf(), null, keep);
  act();
  writeFileSync(path, change(readFileSync(path, "utf8")));
  const { left, setAside } = openStateFile({ path, robot: "panda", known });
  assert.equal(left, null, "it is never gone on with");
  assert.match(setAside ?? "", /is not gone on with/);
}

const START_AGAIN = "a person starts the task again";

export const PROCESS_CASES: readonly FaultCase[] = [
  {
    id: "L1",
    fault: "the agent is killed in motion",
    detectedBy: "keeper, its channel",
    deadline: 8,
    safeState: "at rest within 0.4 s",
    recovered: "started again it holds; a person: resume",
    clock: "virtual",
    run: agentDies,
  },
  {
    id: "L1b",
    fault: "the agent's thread stands still in motion",
    detectedBy: "nobody needs to: each segment ends at rest",
    deadline: 0,
    safeState: "at rest within 0.4 s; after 2 s the keeper goes",
    recovered: "the next decision",
    clock: "virtual",
    run: agentStalls,
  },
  {
    id: "L2",
    fault: "the models' worker thread ends in the middle of a request",
    detectedBy: "session host, session.failed",
    deadline: "at once",
    safeState: "stopped, at rest within 0.4 s",
    recovered: "a person: reset, start",
    clock: "none",
    run: () => crash("../../test/faults/ending-worker.ts"),
  },
  {
    id: "L5a",
    fault: "the agent is told to end (SIGTERM, SIGHUP, Ctrl-C) in motion",
    detectedBy: "supervisor, an operator's stop",
    deadline: 200,
    safeState: "stopped, at rest within 0.4 s, then everything closes",
    recovered: "a person starts it again",
    clock: "virtual",
    run: agentTerminated,
  },
  {
    id: "L5b",
    fault: "the keeper is told to end (SIGTERM) in motion",
    detectedBy: "agent, robot.lost",
    deadline: 100,
    safeState: "at rest within 0.4 s, then the keeper goes",
    recovered: "a person looks, then starts it again",
    clock: "virtual",
    run: keeperTerminated,
  },
  {
    id: "L3",
    fault: "the keeper is killed in motion",
    detectedBy: "agent, robot.lost",
    deadline: 100,
    safeState: "faulted; the arm stays at the last command sent",
    recovered: "a person looks, then starts it again",
    clock: "virtual",
    run: keeperGone,
  },
  refused(
    {
      id: "L4",
      fault: "held again and again",
      detectedBy: "supervisor",
      safeState: `stopped after ${HOLDS_MAX} holds`,
      recovered: "a person: reset, start",
      deadline: "at once",
    },
    holdAgainAndAgain,
  ),
  refused(
    {
      id: "L6",
      fault: "a part of the launch cannot be opened",
      detectedBy: "the part's own error",
      safeState: "what was open is closed again",
    },
    partialStart,
  ),
  {
    id: "L7a",
    fault: "killed in motion and started again",
    detectedBy: "supervisor, its kept state",
    deadline: "at once",
    safeState: "holds, nothing moves",
    recovered: "a person: resume, restart-skill or abort",
    clock: "virtual",
    run: resumed,
  },
  refused(
    {
      id: "L7b",
      fault: "the kept state is damaged",
      detectedBy: "state file, its checksum",
      safeState: "set aside, never gone on with",
      recovered: START_AGAIN,
    },
    () => spoiledState((text) => text.replace('"running"', '"holding"')),
  ),
  refused(
    {
      id: "L7c",
      fault: "the kept state is cut short",
      detectedBy: "state file",
      safeState: "set aside, never gone on with",
      recovered: START_AGAIN,
    },
    () => spoiledState((text) => text.slice(0, text.length / 2)),
  ),
  refused(
    {
      id: "L7d",
      fault: "the kept state is of another version",
      detectedBy: "state file",
      safeState: "set aside, never gone on with",
      recovered: START_AGAIN,
    },
    () => spoiledState((text) => text.replace('"version":1', '"version":0')),
  ),
  loopCase({
    id: "K1",
    fault: "no space left to keep the place in the task",
    by: "state file",
    code: "state.unwritable",
    says: /no space left on device/,
    withinMs: 200,
    arm: "stops",
    faults: [{ fault: "disk-full" }],
  }),
  refused({ id: "L8", fault: "the page's port is in use", detectedBy: "page, dashboard.port" }, portInUse),
  refused(
    {
      id: "L9",
      fault: "another process commands this arm already",
      detectedBy: "robot lock, robot.rejected",
      recovered: "that process is named: a person ends it",
    },
    () => twoCommanders("an arm"),
  ),
  refused(
    {
      id: "M8b",
      fault: "two runs for one arm in one namespace of ROS, one partition of Gazebo, or on one port",
      detectedBy: "robot lock, robot.rejected",
      recovered: "the first is named: a person ends it",
    },
    () => twoCommanders("ROS 2 domain 0 /left joint_trajectory_controller/follow_joint_trajectory"),
  ),
];
