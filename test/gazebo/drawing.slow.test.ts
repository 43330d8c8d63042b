/** What an agent draws into a real Gazebo is seen there by a camera of the server, and is gone when nobody draws any more. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GOAL_RGB, PATH_RGB } from "../../runtime/bridge/gazebo/arm/drawing.ts";
import { rgbOf } from "../../runtime/bridge/gazebo/arm/pictures.ts";
import { stampOf } from "../../runtime/bridge/gazebo/arm/readings.ts";
import { secondsToNs } from "../../runtime/core/clock.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { topicOf } from "../../sim/gazebo/names.ts";
import { trialFor } from "../helpers/trials.ts";
import { firstOf, gazebo } from "./real-server.ts";
import { openArm, PERIOD_S, startScene, withCamera } from "./scene.ts";

const VIEW: CameraSpec = {
  name: "view",
  widthPx: 320,
  heightPx: 240,
  fovYRad: 0.9,
  positionM: [0.9, 0, 1.2],
  targetM: [0.55, 0, 0.3],
};
const RATE_HZ = 20;
/** Above the table, in front of the arm. */
const PATH_M = [0, 1, 2, 3, 4].map((step) => [0.65, -0.2 + 0.1 * step, 0.3] as const);
/** A drawing lives for a second. */
const PERIODS_MAX = 8;
const APART_DEG_MAX = 12;
const COLOURED_MIN = 0.35;

describe("drawing into Gazebo", { skip: gazebo.skip }, () => {
  test("a drawn path and the goal are in the pictures of a camera, and no longer a second after the last drawing", async () => {
    await using real = await startScene({ mode: "lockstep", edit: withCamera(VIEW, RATE_HZ) });
    const { robot, clock, world } = await openArm("lockstep", real.partition);
    await using _robot = robot;
    assert.ok(world?.draw);
    const trial = await trialFor("push", 600);
    const goalM = trial.goal.objects["cube"]!.positionM;
    await world.reset(trial);

    /** One period at rest, then the picture of its end. */
    let simNs = 0n;
    const pictureAfterPeriod = async (): Promise<Uint8Array> => {
      const next = firstOf<{ rgb: Uint8Array; atNs: bigint }>(
        "the next picture",
        ({ atNs }) => atNs >= simNs + secondsToNs(PERIOD_S / 2),
        (hear) =>
          real.node.subscribe(topicOf.image(VIEW.name), "Image", (message) =>
            hear({ rgb: rgbOf(message, VIEW), atNs: stampOf(message.header) }),
          ),
      );
      const startNs = clock.nowNs();
      const from = robot.commandedAt(startNs);
      await robot.act(
        quinticSegment({ id: Number(startNs / 1_000_000n), startNs, from, toRad: [...from.positionRad], durationS: PERIOD_S }),
      );
      const { rgb, atNs } = await next;
      simNs = atNs;
      return rgb;
    };
    const seen = (rgb: Uint8Array): string => `${pixelsLike(rgb, PATH_RGB)} px of the path, ${pixelsLike(rgb, GOAL_RGB)} px of the goal`;

    const before = await pictureAfterPeriod();
    console.log(`before: ${seen(before)}`);
    assert.deepEqual([pixelsLike(before, PATH_RGB), pixelsLike(before, GOAL_RGB)], [0, 0]);

    await world.draw(PATH_M, goalM);
    await pictureAfterPeriod(); // The renderer takes a drawing in between two of its pictures.
    const drawn = await pictureAfterPeriod();
    console.log(`drawn: ${seen(drawn)}`);
    assert.ok(pixelsLike(drawn, PATH_RGB) > 30 && pixelsLike(drawn, GOAL_RGB) > 10, seen(drawn));

    let left = drawn;
    for (let period = 0; period < PERIODS_MAX; period++) left = await pictureAfterPeriod();
    console.log(`${PERIODS_MAX} periods later: ${seen(left)}`);
    assert.deepEqual([pixelsLike(left, PATH_RGB), pixelsLike(left, GOAL_RGB)], [0, 0]);
  });

  test("what is no path is refused before anything is drawn", async () => {
    await using real = await startScene({ mode: "lockstep" });
    const { robot, world } = await openArm("lockstep", real.partition);
    await using _robot = robot;
    assert.ok(world?.draw);
    await assert.rejects(world.draw([[0, 0, 0]], null));
    const unreal = [
      [0, 0, 0],
      [0, Number.NaN, 0],
    ] as const;
    await assert.rejects(world.draw(unreal, null));
  });
});

/** Pixels of the same hue, whatever the light makes of their brightness. */
function pixelsLike(rgb: Uint8Array, colour: readonly [number, number, number]): number {
  const wanted = hueDeg(...colour);
  let count = 0;
  for (let at = 0; at < rgb.length; at += 3) {
    const [r, g, b] = [rgb[at]! / 255, rgb[at + 1]! / 255, rgb[at + 2]! / 255];
    const isColoured = Math.max(r, g, b) - Math.min(r, g, b) > COLOURED_MIN;
    const apart = Math.abs(hueDeg(r, g, b) - wanted);
    if (isColoured && Math.min(apart, 360 - apart) < APART_DEG_MAX) count++;
  }
  return count;
}

/** On the colour circle, red is 0. */
function hueDeg(r: number, g: number, b: number): number {
  return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI;
}
