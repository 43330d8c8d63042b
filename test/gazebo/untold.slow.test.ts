/** A picture that its server never sends: a paused world says nothing twice. Here the server is made to think that nobody listens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { take, toArray } from "rxjs";
import type { OpenedRobot } from "../../runtime/assemble/opened-robot.ts";
import { openDatagrams } from "../../runtime/bridge/gazebo/datagrams.ts";
import { encodeAnnouncement } from "../../runtime/bridge/gazebo/discovery-codec.ts";
import { LOOPBACK_NETWORK } from "../../runtime/bridge/gazebo/environment.ts";
import { loadCodec } from "../../runtime/bridge/gazebo/messages.ts";
import { wireName } from "../../runtime/bridge/gazebo/names.ts";
import type { OfferedTopic } from "../../runtime/bridge/gazebo/node.ts";
import { nsToSeconds, secondsToNs } from "../../runtime/core/clock.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { Sample } from "../../runtime/core/sensing.ts";
import { topicOf } from "../../sim/gazebo/names.ts";
import { clock, gazebo, type RealServer } from "./real-server.ts";
import { openArm, PERIOD_S, startScene } from "./scene.ts";

const TRIES_MAX = 5;
const LOOKS_MAX = 50;
const LOOK_MS = 100;

/** Who commands the arm, and who publishes the pictures of its camera, once a heartbeat has told them. */
async function partiesOf(
  { node, partition }: RealServer,
  robot: string,
): Promise<{ readonly arm: OfferedTopic; readonly camera: OfferedTopic }> {
  const find = (name: string): OfferedTopic | undefined =>
    node.topics().find((topic) => topic.partition === partition && topic.name === name);
  for (let look = 0; look < LOOKS_MAX; look++) {
    const [arm, camera] = [find(topicOf.trajectory(robot)), find(topicOf.image("side"))];
    if (arm && camera) return { arm, camera };
    await clock.sleep(LOOK_MS);
  }
  throw new Error(`nobody publishes ${topicOf.trajectory(robot)} or a camera's pictures`);
}

/** To the server it is as if the arm listened to that camera no longer; its next heartbeat, at most a second later, says that it does. */
async function forget({ arm, camera }: { readonly arm: OfferedTopic; readonly camera: OfferedTopic }): Promise<void> {
  const { address, processUuid, nodeUuid } = arm;
  const name = wireName(camera.partition, camera.name);
  const advert = {
    kind: "topic",
    name,
    address,
    processUuid,
    nodeUuid,
    type: "google.protobuf.Message",
    addressee: camera.processUuid,
  } as const;
  const datagrams = await openDatagrams(LOOPBACK_NETWORK, LOOPBACK_NETWORK.topicPort, { onDatagram: () => {}, onForeign: () => {} });
  await datagrams.send(encodeAnnouncement(await loadCodec(), { kind: "end-connection", processUuid, advert }));
  await datagrams.close();
}

const presentOf = ({ robot }: OpenedRobot): Promise<readonly Sample[]> =>
  new Promise((resolve) => robot.observe(new AbortController().signal).pipe(take(3), toArray()).subscribe(resolve));

test("an arm whose camera is not told in motion goes on along its segment, and everything of now is told again", {
  skip: gazebo.skip,
}, async () => {
  await using real = await startScene({ mode: "lockstep" });
  const opened = await openArm("lockstep", real.partition);
  await using robot = opened.robot;
  const parties = await partiesOf(real, robot.spec.name);
  for (let id = 0; id < TRIES_MAX; id++) {
    const startNs = opened.clock.nowNs();
    const from = robot.commandedAt(startNs);
    const toRad = from.positionRad.map((rad, joint) => (joint === 0 ? rad + (id % 2 ? -0.1 : 0.1) : rad));
    const wallNs = clock.nowNs();
    await forget(parties);
    await robot.act(quinticSegment({ id, startNs, from, toRad, durationS: 0.4 }));
    const nowNs = opened.clock.nowNs();
    for (const sample of await presentOf(opened)) {
      assert.equal(sample.kind === "frame" ? sample.frame.stampNs : sample.joints.stampNs, nowNs);
      if (sample.kind === "joints" && nowNs >= startNs + secondsToNs(0.4)) {
        assert.ok(Math.abs(sample.joints.positionRad[0]! - toRad[0]!) < 0.005, "it is where the segment ends");
      }
    }
    const [tookS, waitedS] = [nsToSeconds(nowNs - startNs), nsToSeconds(clock.nowNs() - wallNs)];
    console.log(`untold: all was told again after ${tookS.toFixed(1)} s of the arm's time, ${waitedS.toFixed(1)} s on the clock`);
    if (tookS > PERIOD_S) return;
  }
  assert.fail(`in ${TRIES_MAX} tries the server always heard of the listener before the picture was due`);
});
