/** The robot contract on an arm in a real Gazebo, in both time modes; one server for each mode. */
import { after, before, describe } from "node:test";
import { EMPTY } from "rxjs";
import { robotContract } from "../contracts/robot.ts";
import { clock, gazebo, type RealServer } from "./real-server.ts";
import { openArm, startScene } from "./scene.ts";

describe("an arm in Gazebo, in lockstep", { skip: gazebo.skip }, () => {
  let real: RealServer;
  before(async () => {
    real = await startScene({ mode: "lockstep" });
  });
  after(() => real?.[Symbol.asyncDispose]());

  robotContract("lockstep", async () => {
    const { robot, clock: virtual, pace } = await openArm("lockstep", real.partition);
    const { idle } = pace(EMPTY);
    return { robot, nowNs: () => virtual.nowNs(), leadS: 0, pass: () => idle(new AbortController().signal) };
  });
});

describe("an arm in Gazebo, in real time", { skip: gazebo.skip }, () => {
  let real: RealServer;
  before(async () => {
    real = await startScene({ mode: "realtime" });
  });
  after(() => real?.[Symbol.asyncDispose]());

  robotContract("realtime", async () => {
    const { robot } = await openArm("realtime", real.partition);
    return { robot, nowNs: () => clock.nowNs(), leadS: 0.15, pass: () => clock.sleep(50) };
  });
});
