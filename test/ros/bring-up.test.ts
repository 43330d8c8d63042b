/** Bringing an arm behind ROS 2 into use, rung by rung as an engineer would: what each verb tells, and what the arm did meanwhile by its own measure. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import sharp from "sharp";
import { SLOW_SHARE } from "../../launch/backends/ros2/ladder.ts";
import type { JogReport } from "../../launch/bring-up/jog.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import type { BenchStopResult } from "../../launch/measure/bench/stop.ts";
import { pandaSpec } from "../../robots/panda/spec.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { type CliResult, type RunningCli, startCli } from "../helpers/cli.ts";
import { restSince } from "./agent.ts";
import { clock, domainId, type Peer, rosSkip, startPeer, startPython } from "./peer.ts";

const LAUNCH = "launch/panda-ros2.launch.yaml";
const folder = mkdtempSync(join(tmpdir(), "foresight-bring-up-"));
const { cameras } = loadLaunch(LAUNCH, []);
/** On a machine that does much else everything comes late, which is not what is tested here. */
const PATIENCE = ["backend.connectTimeoutMs:=60000", "backend.command.maxAcceptMs:=5000", "guards.maxObservationAgeMs:=2000"];
const RUN = [...PATIENCE, "guards.maxPlanAgeMs:=2000", "planner.samples:=32", "planner.iterations:=1", "dashboard.enabled:=false"];
/** Of a run to the end of its task, which takes half a minute. */
const RUN_MS_MAX = 90_000;
const ATTEMPTS_MAX = 3;
const RESTING_RAD_PER_S = 0.02;
/** bench stop calls the stop at 85 % of the speed asked for; what it reads and what the peer measures differ a little. */
const UP_TO_SPEED = 0.8;

const startForesight = (...args: string[]): RunningCli =>
  startCli(args, { ROS_DOMAIN_ID: String(domainId), XDG_STATE_HOME: join(folder, "state") });
const foresight = (...args: string[]): Promise<CliResult> => startForesight(...args).result;
const written = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;

if (rosSkip) test("an arm behind ROS 2 is brought into use rung by rung", { skip: rosSkip }, () => {});
else {
  describe("an arm that nobody describes", () => {
    let peer: Peer;
    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras });
    });
    after(async () => {
      await peer?.[Symbol.asyncDispose]();
    });

    test("is told as one by check --live, as a warning and no ok, and by run before it begins", async () => {
      const live = await foresight("check", LAUNCH, "--live", "--out", join(folder, "untold"), ...PATIENCE);
      assert.equal(live.code, 0, `${live.out}\n${live.err}`);
      assert.match(live.out, /warn {3}limits .*nobody publishes "robot_description", so only the spec's own limits are known/);
      assert.doesNotMatch(live.out, /ok {5}limits/);
      const ran = startForesight("run", LAUNCH, ...RUN, "backend.bringUp:=shadow");
      assert.match(await ran.saw(/warning: limits: nobody publishes "robot_description"/), /warning: limits/);
      ran.child.kill("SIGINT");
      await ran.result;
    });
  });

  describe("an arm whose description comes late", () => {
    let peer: Peer;
    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras });
    });
    after(async () => {
      await peer?.[Symbol.asyncDispose]();
    });
    const lookAt = (out: string): Promise<CliResult> => foresight("check", LAUNCH, "--live", "--out", join(folder, out), ...PATIENCE);

    test("is described all the same where its publisher is there only after it was asked for", async () => {
      await using vendor = await startPython("partner.py", []);
      await vendor.order({ publish_late: descriptionOf(0.5) });
      const { code, out, err } = await lookAt("late");
      assert.equal(code, 1, `${out}\n${err}`);
      assert.match(out, /WRONG {2}limits .*joint1.* rad\/s, the robot 1\.0875 rad\/s/);
    });

    test("is a problem where its publisher is there and says nothing", async () => {
      await using vendor = await startPython("partner.py", []);
      await vendor.order({ publish: { ...descriptionOf(1), messages: [] } });
      const { code, out, err } = await lookAt("silent");
      assert.equal(code, 1, `${out}\n${err}`);
      assert.match(out, /WRONG {2}limits .*"robot_description" is published, but nothing came within 5 s/);
    });
  });

  describe("check --live of an arm that is not the one of the launch file", () => {
    let peer: Peer;
    let vendor: Peer;
    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras: cameras.map(knocked) });
      vendor = await startPython("partner.py", []);
      await describeRobot(vendor, 0.5);
    });
    after(async () => {
      for (const each of [vendor, peer]) await each?.[Symbol.asyncDispose]();
    });

    test("names the limits that its description does not allow, and the cameras that stand elsewhere", async () => {
      const { code, out } = await foresight("check", LAUNCH, "--live", "--out", join(folder, "wrong"), ...PATIENCE);
      assert.equal(code, 1, out);
      assert.match(out, /WRONG {2}limits .*joint1.* rad\/s, the robot 1\.0875 rad\/s/);
      for (const { name } of cameras) assert.match(out, new RegExp(`WRONG {2}camera "${name}" .*residual [2-9]\\.\\d px`));
    });
  });

  describe("an arm behind ROS 2 that is brought into use", () => {
    let peer: Peer;
    let vendor: Peer;
    /** Goals that reached the arm since so many things were told. */
    const goalsSince = (from: number): number => peer.told.slice(from).filter(({ what }) => what === "goal").length;
    before(async () => {
      peer = await startPeer({ robot: pandaSpec, cameras });
      vendor = await startPython("partner.py", []);
      await describeRobot(vendor, 1);
    });
    after(async () => {
      for (const each of [vendor, peer]) await each?.[Symbol.asyncDispose]();
    });

    test("is the one of the launch file by names, limits, rates and views, which check --live says without moving it", async (context) => {
      const from = peer.told.length;
      const { code, out, err } = await foresight("check", LAUNCH, "--live", "--out", join(folder, "right"), ...PATIENCE);
      assert.equal(code, 0, `${out}\n${err}`);
      assert.match(out, /ok {5}joints .*7 of 7 by name/);
      assert.match(out, /ok {5}joint rate/);
      assert.match(out, /ok {5}limits .*within the robot's own/);
      for (const { name, widthPx, heightPx } of cameras) {
        assert.match(out, new RegExp(`ok {5}camera "${name}" .*residual 0\\.0 px .*at most 1\\.5 px`));
        const { width = 0, height = 0 } = await sharp(join(folder, "right", `${name}-overlay.png`)).metadata();
        assert.ok(width >= widthPx && height >= heightPx, `${width} x ${height} px`);
      }
      assert.equal(goalsSince(from), 0);
      for (const line of out.split("\n").filter((each) => /camera "|joint rate/.test(each))) context.diagnostic(line.trim());
    });

    test("is not jogged before it was looked at", async () => {
      const { code, err } = await foresight("jog", LAUNCH, "--confirm", "joint1");
      assert.equal(code, 2);
      assert.match(err, /"shadow" was not done with this arm yet/);
    });

    test("in shadow is planned for and sent nothing", async (context) => {
      const from = peer.told.length;
      const fromNs = clock.nowNs();
      await climb("shadow", context);
      assert.equal(goalsSince(from), 0);
      assert.ok(((await restSince(peer, fromNs)).speedMax ?? 0) < RESTING_RAD_PER_S);
    });

    test("is jogged joint by joint, there and back, and every one is what the model says", async (context) => {
      const names = pandaSpec.joints.map(({ name }) => name);
      const from = (await peer.ask("state"))["position"] as readonly number[];
      const json = ["--json", join(folder, "jog.json")];
      const { code, out, err } = await foresight(
        "jog",
        LAUNCH,
        ...PATIENCE,
        ...json,
        "--degrees",
        "2",
        "--speed",
        "8",
        "--confirm",
        ...names,
      );
      assert.equal(code, 0, `${out}\n${err}`);
      const { ok, joints } = written<JogReport>("jog.json");
      assert.ok(ok);
      assert.deepEqual(
        joints.map(({ name }) => name),
        names,
      );
      const back = (await peer.ask("state"))["position"] as readonly number[];
      for (const [index, name] of names.entries()) assert.ok(Math.abs(back[index]! - from[index]!) < 0.01, `${name} did not come back`);
      const furthest = joints.map(({ commandedRad, movedRad }) => Math.abs(movedRad! - commandedRad));
      context.diagnostic(`joints off by at most ${Math.max(...furthest).toFixed(4)} rad of 0.035 rad commanded`);
    });

    test("moves at a tenth of its speed on the rung slow", async (context) => {
      const fromNs = clock.nowNs();
      await climb("slow", context);
      const { speedMax } = await restSince(peer, fromNs);
      const allowed = SLOW_SHARE * Math.max(...pandaSpec.joints.map(({ velocityMaxRadPerS }) => velocityMaxRadPerS));
      assert.ok(speedMax !== null && speedMax > RESTING_RAD_PER_S && speedMax <= allowed, `${speedMax} rad/s, at most ${allowed} rad/s`);
      context.diagnostic(`slow: fastest joint ${speedMax.toFixed(3)} rad/s by the peer, at most ${allowed.toFixed(3)} rad/s`);
    });

    test("has its stopping time and way measured, at the speed that was asked for, and is left at rest", async (context) => {
      const fromNs = clock.nowNs();
      const json = ["--json", join(folder, "stop.json")];
      const { code, out, err } = await foresight("bench", "stop", LAUNCH, ...PATIENCE, ...json, "--speeds", "25", "--repeats", "1");
      assert.equal(code, 0, `${out}\n${err}`);
      const [row] = written<BenchStopResult>("stop.json").rows;
      assert.ok(row && row.stops === 1 && row.wayRad.max > 0 && row.toolCm.max > 0);
      const { speedMax, speedNow } = await restSince(peer, fromNs);
      assert.ok(speedMax !== null && speedMax >= UP_TO_SPEED * row.speedRadPerS, `${speedMax} rad/s of ${row.speedRadPerS} rad/s`);
      assert.ok(speedNow !== null && speedNow < RESTING_RAD_PER_S, `still ${speedNow} rad/s`);
      context.diagnostic(
        `stop at 25 % speed: at rest after ${row.restMs.p50} ms and ${row.wayRad.p50} rad, tool ${row.toolCm.p50} cm, by its own readings`,
      );
    });

    test("gives goal pictures that are what its cameras publish, without being moved", async () => {
      const from = peer.told.length;
      for (const { name } of cameras)
        await vendor.order({ listen: { type: "sensor_msgs/msg/Image", topic: `/${name}/image_raw`, qos: "sensor" } });
      const out = join(folder, "goal");
      const captured = await foresight("goal", "capture", LAUNCH, "--out", out, ...PATIENCE);
      assert.equal(captured.code, 0, captured.err);
      assert.match(captured.out, /goal: \{ kind: image, source: files, files: \{ front: .*front\.png, side: .*side\.png \} \}/);
      for (const { name } of cameras) {
        const heard = vendor.told.findLast(({ what, topic }) => what === "heard" && topic === `/${name}/image_raw`);
        assert.ok(heard, `a picture of ${name}`);
        const published = Buffer.from((heard["message"] as { data: string }).data, "base64");
        const taken = await sharp(join(out, `${name}.png`))
          .removeAlpha()
          .raw()
          .toBuffer();
        assert.deepEqual(taken, published, `${name}.png`);
      }
      assert.equal(goalsSince(from), 0);
    });
  });
}

/** Runs on a rung until it counts as done; where something stopped the run it holds for a person, who ends it and does it again. */
async function climb(rung: "shadow" | "slow", context: { diagnostic(text: string): void }): Promise<void> {
  const file = join(folder, "state/foresight/bring-up.json");
  for (let attempt = 1; ; attempt++) {
    const { child, result } = startForesight("run", LAUNCH, ...RUN, `backend.bringUp:=${rung}`);
    const ended = new AbortController();
    clock.sleep(RUN_MS_MAX, ended.signal).then(
      () => child.kill("SIGINT"),
      () => {},
    );
    const { out, err } = await result;
    ended.abort();
    if (existsSync(file) && readFileSync(file, "utf8").includes(`"${rung}"`)) return;
    const said = `${out}\n${err}`;
    assert.ok(attempt < ATTEMPTS_MAX, `"${rung}" was not done in ${ATTEMPTS_MAX} runs; of the last: ${said}`);
    context.diagnostic(`run ${attempt} on the rung ${rung} was stopped: ${said.split("\n").slice(-20).join(" | ")}`);
  }
}

/** Five centimetres to the side, looking the same way. */
function knocked(camera: CameraSpec): CameraSpec {
  const moved = ([x, y, z]: Vec3): Vec3 => (camera.name === "front" ? [x, y + 0.05, z] : [x + 0.05, y, z]);
  return { ...camera, positionM: moved(camera.positionM), targetM: moved(camera.targetM) };
}

const describeRobot = (vendor: Peer, speedShare: number): Promise<void> => vendor.order({ publish: descriptionOf(speedShare) });

/** As robot_state_publisher publishes it: joints as the spec's, but that may go at this share of its speed. */
function descriptionOf(speedShare: number) {
  const joints = pandaSpec.joints.map(
    ({ name, positionMinRad, positionMaxRad, velocityMaxRadPerS, torqueMaxNm }) =>
      `<joint name="${name}" type="revolute"><limit lower="${positionMinRad}" upper="${positionMaxRad}" velocity="${velocityMaxRadPerS * speedShare}" effort="${torqueMaxNm}"/></joint>`,
  );
  const messages = [{ data: `<robot name="panda">${joints.join("")}</robot>` }];
  return { type: "std_msgs/msg/String", topic: "/robot_description", qos: "latched", atOnce: true, messages };
}
