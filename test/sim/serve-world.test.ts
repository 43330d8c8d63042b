/** Tests for serve-world.ts and remote-world.ts: a world goes on where its keepers come and go. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { firstValueFrom } from "rxjs";
import { ManualClock } from "../../runtime/core/clock.ts";
import type { JointCommand } from "../../runtime/core/motion.ts";
import type { Sample } from "../../runtime/core/sensing.ts";
import { connectWorld } from "../../sim/remote-world.ts";
import { serveWorld } from "../../sim/serve-world.ts";
import { createFakeDriver, twoJointSpec } from "../helpers/kinematic-arm.ts";

const never = new AbortController().signal;
const commandTo = (rad: number): JointCommand => ({
  positionRad: Float64Array.of(rad, rad),
  velocityRadPerS: new Float64Array(2),
  accelerationRadPerS2: new Float64Array(2),
});

async function begin() {
  const clock = new ManualClock();
  const driver = createFakeDriver(twoJointSpec, clock);
  const path = join(mkdtempSync(join(tmpdir(), "foresight-world-")), "world.sock");
  const world = await serveWorld(driver, path);
  /** What the world's sensors say next, as a keeper hears it. */
  const next = (keeper: Awaited<ReturnType<typeof connectWorld>>): Promise<Sample> => {
    const heard = firstValueFrom(keeper.samples(never));
    clock.advance(20);
    return heard;
  };
  const positionRad = (sample: Sample): number[] => (sample.kind === "joints" ? [...sample.joints.positionRad] : []);
  return { clock, driver, path, world, next, positionRad, connect: () => connectWorld(path, clock) };
}

test("commands reach the arm, samples come with their stamps, pictures with their bytes", async () => {
  const { driver, world, next, positionRad, connect } = await begin();
  const keeper = await connect();
  keeper.command(commandTo(0.3), 5n);
  assert.deepEqual(
    await keeper.answer?.("truth", { of: "cube" }),
    { name: "truth", payload: { of: "cube" } },
    "answered after the command",
  );
  assert.deepEqual([driver.sent[0]?.stampNs, [...(driver.sent[0]?.command.positionRad ?? [])]], [5n, [0.3, 0.3]]);
  const sample = await next(keeper);
  assert.deepEqual([positionRad(sample), sample.kind === "joints" && sample.joints.stampNs], [[0.3, 0.3], 20_000_000n]);
  const frame: Sample = {
    kind: "frame",
    frame: { camera: "front", widthPx: 2, heightPx: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6), stampNs: 7n, receivedNs: 8n },
  };
  const heard = firstValueFrom(keeper.samples(never));
  driver.extra.next(frame);
  assert.deepEqual(await heard, frame);
  await keeper[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test("placements and refusals go through with their codes", async () => {
  const { world, connect } = await begin();
  const keeper = await connect();
  assert.deepEqual(keeper.placements, ["reset"]);
  assert.deepEqual(await keeper.place?.("reset", null), { restRad: Float64Array.of(0.25, 0.25), answer: "placed" });
  await assert.rejects(keeper.answer?.("refuse", null) ?? Promise.resolve(), { code: "goal.unreachable", message: /refused for the test/ });
  await keeper[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test("the next keeper has the arm when the one before is gone, and finds it where that one left it", async () => {
  const { driver, world, next, positionRad, connect } = await begin();
  const first = await connect();
  first.command(commandTo(0.3), 1n);
  await next(first);
  const second = connect();
  let isSecond = false;
  void second.then(() => {
    isSecond = true;
  });
  await first.answer?.("truth", null);
  assert.equal(isSecond, false, "two keepers never have it");
  await first[Symbol.asyncDispose]();
  assert.deepEqual(positionRad(await next(await second)), [0.3, 0.3]);
  assert.equal(driver.isDisposed, false);
  await (await second)[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test("a keeper that another one keeps waiting is told so after its bound", async () => {
  const { clock, world, connect } = await begin();
  const first = await connect();
  const second = connect();
  clock.advance(10_000);
  await assert.rejects(second, { code: "robot.lost", message: /another keeper has had its arm for 10 s; end that agent first/ });
  await first[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

test("a world that goes away is a lost robot, for whoever waits too; one that is not there cannot be connected to", async () => {
  const { path, clock, world, connect } = await begin();
  const keeper = await connect();
  const waiting = connect();
  const lost = assert.rejects(firstValueFrom(keeper.samples(never)), {
    code: "robot.lost",
    message: /world .*its process ended or closed it/,
  });
  const refused = assert.rejects(waiting, { code: "robot.lost" });
  await world[Symbol.asyncDispose]();
  await lost;
  await refused;
  await assert.rejects(keeper.answer?.("truth", null) ?? Promise.resolve(), { code: "robot.lost" });
  await assert.rejects(connectWorld(path, clock), { code: "robot.lost", message: /ENOENT|ECONNREFUSED/ });
});

test("somebody who sends anything else is cut off, and the arm is anybody's again", async () => {
  const { path, world, connect: keep } = await begin();
  const stranger = connect(path);
  stranger.on("error", () => {});
  await once(stranger, "data");
  assert.equal(world.isDriven, true);
  stranger.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
  await once(stranger, "close");
  const keeper = await keep();
  await keeper[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});
