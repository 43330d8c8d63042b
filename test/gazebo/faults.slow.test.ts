/** What goes wrong with a real server: each is a typed error or a safe hold, and nothing moves again without a resume. Times are printed, not asserted. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EMPTY } from "rxjs";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import { secondsToNs } from "../../runtime/core/clock.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import type { Segment } from "../../runtime/core/motion.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { topicOf, WORLD } from "../../sim/gazebo/names.ts";
import { clock, gazebo, type RealServer, theGazebo } from "./real-server.ts";
import { openArm, startScene, without } from "./scene.ts";
import { detect, staysAtRest, sway } from "./sway.ts";

const WITHIN_MS = 20_000;
/** Short, because the server of these tests is known to be up. */
const CONNECT = ["backend.connectTimeoutMs:=10000"];
/** A busy machine is not what these tests are about. */
const ANY_PACE = ["backend.minRealTimeFactor:=0.05", "backend.maxTrackingRad:=0.3"];

const control = ({ node }: RealServer, request: object): Promise<unknown> =>
  node.request(`/world/${WORLD}/control`, "WorldControl", request, "Boolean", WITHIN_MS);

function nextSegment({ robot, clock: robotClock, mode }: OpenedRobot): Segment {
  const startNs = robotClock.nowNs() + (mode === "realtime" ? secondsToNs(0.15) : 0n);
  const from = robot.commandedAt(startNs);
  return quinticSegment({ id: 1000, startNs, from, toRad: from.positionRad.map((rad) => rad + 0.01), durationS: 0.4 });
}

/** Refused while stopped; after a resume it moves again. */
async function movesOnlyAfterResume(opened: OpenedRobot): Promise<void> {
  await assert.rejects(opened.robot.act(nextSegment(opened)), { code: "robot.rejected", message: /the arm is stopped/ });
  await opened.robot.resume();
  await opened.robot.act(nextSegment(opened));
}

/**
 * Of the controls that come between two of its iterations Gazebo keeps what the last says of pause and reset (SimulationRunner::ProcessWorldControl,
 * Fortress to Harmonic): one beside our steps can be overruled without any effect. Somebody who means it asks again until it is told.
 */
async function insist(told: Promise<unknown>, request: () => Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  void told.catch(() => {}).finally(() => ended.abort());
  while (!ended.signal.aborted) {
    await request();
    await clock.sleep(30, ended.signal).catch(() => {});
  }
  await told;
}

describe("an arm in Gazebo in real time", { skip: gazebo.skip }, () => {
  let real: RealServer;
  before(async () => {
    real = await startScene({ mode: "realtime" });
  });
  after(() => real?.[Symbol.asyncDispose]());

  test("paused from outside in motion: a hold, and no motion when it goes on", async () => {
    const opened = await openArm("realtime", real.partition, ANY_PACE);
    await using _robot = opened.robot;
    const swaying = sway(opened);
    await swaying.moving();
    await detect("paused", swaying.told, () => control(real, { pause: true }), {
      code: "bridge.timeout",
      message: /stands still for \d+ ms/,
    });
    const resting = staysAtRest(real, opened.robot);
    await control(real, { pause: false });
    await resting;
    await movesOnlyAfterResume(opened);
  });

  test("reset from outside in motion, time jumps back: a hold, and no motion", async () => {
    const opened = await openArm("realtime", real.partition, ANY_PACE);
    await using _robot = opened.robot;
    const swaying = sway(opened);
    await swaying.moving();
    const reset = () => control(real, { reset: { all: true }, pause: false });
    await detect("reset", swaying.told, reset, { code: "bridge.lost", message: /jumped back from [\d.]+ s to [\d.]+ s/ });
    await staysAtRest(real, opened.robot);
    await movesOnlyAfterResume(opened);
  });

  test("a second commander: a stop that names it", async () => {
    const opened = await openArm("realtime", real.partition, ANY_PACE);
    await using _robot = opened.robot;
    const swaying = sway(opened);
    await swaying.moving();
    const other = real.node.publish(topicOf.trajectory(opened.robot.spec.name), "JointTrajectory");
    try {
      const wanted = { code: "robot.aborted", message: /somebody else at tcp:\/\/127\.0\.0\.1:\d+ commands the arm/ };
      await detect("second commander", swaying.told, async () => {}, wanted);
      await staysAtRest(real, opened.robot);
      await movesOnlyAfterResume(opened);
    } finally {
      await other.close();
    }
  });
});

test("a server that is killed in motion and back within two seconds: its arm is not moved before a resume", {
  skip: gazebo.skip,
}, async () => {
  const first = await startScene({ mode: "realtime" });
  const opened = await openArm("realtime", first.partition, ANY_PACE);
  await using _robot = opened.robot;
  await using killed = first;
  const swaying = sway(opened);
  await swaying.moving();
  let restarted: Promise<RealServer> | null = null;
  const kill = async (): Promise<void> => {
    await killed.server.kill();
    restarted = startScene({ mode: "realtime", partition: killed.partition });
  };
  await detect("killed -9 and restarted", swaying.told, kill, { code: "bridge.timeout", message: /stands still for \d+ ms/ });
  await using second = await restarted!;
  await control(second, { pause: false });
  await staysAtRest(second, opened.robot);
  await assert.rejects(opened.robot.act(nextSegment(opened)), { code: /robot\.(rejected|lost)/ });
});

test("a server that is killed in motion and stays away: the robot is lost", { skip: gazebo.skip }, async () => {
  const real = await startScene({ mode: "realtime" });
  await using killed = real;
  const opened = await openArm("realtime", real.partition, ANY_PACE);
  await using _robot = opened.robot;
  const ended = new Promise<unknown>((resolve) => {
    opened.robot.observe(new AbortController().signal).subscribe({ error: resolve });
  });
  const swaying = sway(opened);
  await swaying.moving();
  const fromNs = clock.nowNs();
  await detect("killed -9", swaying.told, () => killed.server.kill(), { code: "bridge.timeout", message: /stands still/ });
  const error = await ended;
  console.log(`  then: ${(error as Error).message} after ${(Number(clock.nowNs() - fromNs) / 1e6).toFixed(0)} ms`);
  assert.equal((error as { code?: string }).code, "robot.lost");
  await assert.rejects(opened.robot.resume(), { code: "robot.lost" });
});

test("a server that was started by the launch file and is killed: the robot is lost at once", { skip: gazebo.skip }, async () => {
  const partition = `own-${process.pid}`;
  const command = JSON.stringify([...theGazebo().command, "-r", "-v", "1"]);
  const opened = await openArm("realtime", partition, [
    ...ANY_PACE,
    `backend.server.command:=${command}`,
    `backend.server.release:=${theGazebo().release}`,
  ]);
  await using _robot = opened.robot;
  const swaying = sway(opened);
  await swaying.moving();
  const { gazeboProcesses } = await import("../../launch/cli/gazebo/processes.ts");
  const pids = gazeboProcesses().filter((it) => it.partition === partition);
  assert.ok(pids.length > 0, "the server is among this machine's processes");
  const kill = async (): Promise<void> => {
    for (const { pid } of pids) process.kill(pid, "SIGKILL");
  };
  await detect("own server killed -9", swaying.told, kill, { code: "robot.lost", message: /the server ended/ });
});

test("a server at a fifth of real time: a hold", { skip: gazebo.skip }, async () => {
  await using real = await startScene({
    mode: "realtime",
    edit: (sdf) => sdf.replace("<real_time_factor>1</real_time_factor>", "<real_time_factor>0.2</real_time_factor>"),
  });
  const opened = await openArm("realtime", real.partition);
  await using _robot = opened.robot;
  const swaying = sway(opened);
  await detect("slow server", swaying.told, async () => {}, { code: "bridge.timeout", message: /runs at 0\.[12]\d of real time/ });
  await staysAtRest(real, opened.robot);
  await movesOnlyAfterResume(opened);
});

describe("an arm in Gazebo in lockstep", { skip: gazebo.skip }, () => {
  let real: RealServer;
  before(async () => {
    real = await startScene({ mode: "lockstep" });
  });
  after(() => real?.[Symbol.asyncDispose]());

  test("let run from outside: the robot is lost", async () => {
    const opened = await openArm("lockstep", real.partition);
    await using _robot = opened.robot;
    const swaying = sway(opened);
    await swaying.moving();
    const wanted = { code: "robot.lost", message: /is at [\d.]+ s, told to go to [\d.]+ s; somebody else steps or resumes it/ };
    await insist(
      detect("lockstep, let run", swaying.told, async () => {}, wanted),
      () => control(real, { pause: false }),
    );
  });

  test("a second commander: a stop that names it, and motion again after a resume", async () => {
    const opened = await openArm("lockstep", real.partition);
    await using _robot = opened.robot;
    const { robot, clock: virtual, pace } = opened;
    const swaying = sway(opened);
    await swaying.moving();
    await using _other = real.node.publish(topicOf.trajectory(robot.spec.name), "JointTrajectory");
    const wanted = { code: "robot.aborted", message: /somebody else at tcp:\/\/127\.0\.0\.1:\d+ commands the arm/ };
    await detect("lockstep, second commander", swaying.told, async () => {}, wanted);
    const { idle } = pace(EMPTY);
    await idle(new AbortController().signal);
    await idle(new AbortController().signal);
    assert.ok(robot.commandedAt(virtual.nowNs()).velocityRadPerS.every((each) => each === 0));
    await movesOnlyAfterResume(opened);
  });

  test("reset from outside in motion, time jumps back: the robot is lost", async () => {
    const opened = await openArm("lockstep", real.partition);
    await using _robot = opened.robot;
    const swaying = sway(opened);
    await swaying.moving();
    const reset = () => control(real, { reset: { all: true }, pause: true });
    const wanted = { code: "robot.lost", message: /went back to [\d.]+ s; it was reset from outside/ };
    await insist(
      detect("lockstep, reset", swaying.told, async () => {}, wanted),
      reset,
    );
  });
});

test("a server that is killed in motion in lockstep: the robot is lost", { skip: gazebo.skip }, async () => {
  await using real = await startScene({ mode: "lockstep" });
  const opened = await openArm("lockstep", real.partition);
  await using _robot = opened.robot;
  const swaying = sway(opened);
  await swaying.moving();
  await detect("lockstep, killed -9", swaying.told, () => real.server.kill(), { code: "robot.lost", message: /Gazebo|service/ });
});

test("a partition where nobody is: said so, with the partition where somebody is", { skip: gazebo.skip }, async () => {
  await using real = await startScene({ mode: "lockstep" });
  const { PATH } = process.env;
  process.env["PATH"] = "";
  try {
    for (const mode of ["lockstep", "realtime"] as const) {
      const fromNs = clock.nowNs();
      await assert.rejects(openArm(mode, "nobody-here", CONNECT), (error: unknown) => {
        assert.ok(error instanceof AgentError);
        assert.equal(error.code, "launch.invalid");
        assert.match(error.message, /not offered in partition "nobody-here" \(waited 3000 ms\), but in partition "test-/);
        assert.match(error.message, /neither "gz" nor "ign" is on the path; .*backend\.partition/);
        return true;
      });
      console.log(`${mode}, wrong partition: launch.invalid after ${(Number(clock.nowNs() - fromNs) / 1e6).toFixed(0)} ms`);
    }
  } finally {
    process.env["PATH"] = PATH;
  }
  assert.ok(real.server.ended === null);
});

for (const mode of ["realtime", "lockstep"] as const) {
  const missing = [
    {
      what: "the camera plugin",
      edit: without(/<plugin [^>]*sensors-system[\s\S]*?<\/plugin>/),
      code: "bridge.timeout",
      message: /no picture on "\/camera\/front\/image" \(a camera, and the Sensors plugin of the world\)/,
    },
    {
      what: "a joint",
      edit: (sdf: string) => sdf.replaceAll("joint5", "elbow"),
      code: "bridge.mismatch",
      message: /robot "panda" has no joint "joint5" there, only .*export the robot again/,
    },
    {
      what: "the controller",
      edit: without(/<plugin [^>]*joint-trajectory-controller-system[\s\S]*?<\/plugin>/),
      code: "bridge.timeout",
      message: /nobody listens to "\/model\/panda\/joint_trajectory" \(the JointTrajectoryController of "panda"\)/,
    },
  ];
  for (const { what, edit, code, message } of missing) {
    test(`${mode}: ${what} is missing: said so when it is opened`, { skip: gazebo.skip }, async () => {
      await using real = await startScene({ mode, edit });
      const fromNs = clock.nowNs();
      await assert.rejects(openArm(mode, real.partition, CONNECT), { code, message });
      console.log(`${mode}, ${what} missing: ${code} after ${(Number(clock.nowNs() - fromNs) / 1e6).toFixed(0)} ms`);
    });
  }
}
