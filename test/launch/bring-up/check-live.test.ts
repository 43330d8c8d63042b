/** Comparing a live arm with its launch file: the limits of its description, and what its cameras see. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import sharp from "sharp";
import { compareLimits, urdfLimits } from "../../../launch/bring-up/urdf-limits.ts";
import { CORRELATION_MIN, fitView, RESIDUAL_PX_MAX, writeOverlay } from "../../../launch/bring-up/view-check.ts";
import { loadLaunch } from "../../../launch/config/load.ts";
import { measureStop } from "../../../launch/measure/bench/stop.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";
import { defaultScene } from "../../../runtime/core/scene.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";
import { createRenderer } from "../../../sim/camera/renderer.ts";
import { World } from "../../../sim/world.ts";

const urdf = (joints: string): string => `<?xml version="1.0"?><robot name="r">${joints}</robot>`;
const one = '<joint name="joint1" type="revolute"><limit lower="-1.5" upper="1.5" effort="10" velocity="2"/></joint>';

describe("the limits of a robot's description", () => {
  const joint = pandaSpec.joints[0]!;
  const spec = { ...joint, positionMinRad: -1.5, positionMaxRad: 1.5, velocityMaxRadPerS: 2 };

  it("are read by joint, a continuous joint has no ends, one without limits is left out", () => {
    const limits = urdfLimits(
      urdf(`${one}<joint name="wrist" type="continuous"><limit effort="1" velocity="3"/></joint><joint name="tool" type="fixed"/>`),
    );
    assert.deepEqual(
      [...limits],
      [
        ["joint1", { lowerRad: -1.5, upperRad: 1.5, velocityRadPerS: 2 }],
        ["wrist", { lowerRad: Number.NEGATIVE_INFINITY, upperRad: Number.POSITIVE_INFINITY, velocityRadPerS: 3 }],
      ],
    );
  });

  it("are kept by a spec that allows no more", () => {
    assert.deepEqual(compareLimits([spec], ["joint1"], urdfLimits(urdf(one))), []);
  });

  it("that are exceeded, or missing, are told by joint, value and bound", () => {
    const limits = urdfLimits(urdf(one));
    assert.match(
      compareLimits([{ ...spec, positionMaxRad: 1.6 }], ["joint1"], limits)[0] ?? "",
      /allows \[-1\.5, 1\.6\] rad, the robot \[-1\.5, 1\.5\] rad/,
    );
    assert.match(
      compareLimits([{ ...spec, velocityMaxRadPerS: 2.5 }], ["joint1"], limits)[0] ?? "",
      /allows 2\.5 rad\/s, the robot 2 rad\/s/,
    );
    assert.match(compareLimits([spec], ["other"], limits)[0] ?? "", /has no limits of it/);
  });

  it("that are left out or 0 are no bound, and a joint that turns for ever has none", () => {
    const limits = urdfLimits(
      urdf(
        '<joint name="a" type="revolute"><limit lower="-1.5" upper="1.5" effort="10"/></joint>' +
          '<joint name="b" type="revolute"><limit lower="0" upper="0" effort="0" velocity="0"/></joint>' +
          '<joint name="c" type="continuous"/>',
      ),
    );
    const none = { lowerRad: Number.NEGATIVE_INFINITY, upperRad: Number.POSITIVE_INFINITY, velocityRadPerS: Number.POSITIVE_INFINITY };
    assert.deepEqual(
      [...limits],
      [
        ["a", { lowerRad: -1.5, upperRad: 1.5, velocityRadPerS: Number.POSITIVE_INFINITY }],
        ["b", none],
        ["c", none],
      ],
    );
    assert.deepEqual(compareLimits([spec, spec, spec], ["a", "b", "c"], limits), []);
  });

  it("of joints that are not the arm's own are not looked at, broken ones neither", () => {
    const broken = '<joint name="finger" type="prismatic"><limit lower="min" upper="0.04" velocity="slow"/></joint>';
    assert.deepEqual([...urdfLimits(urdf(broken + one), ["joint1"]).keys()], ["joint1"]);
    assert.throws(() => urdfLimits(urdf(broken + one), ["finger"]), /joint "finger": limit lower is no number/);
  });

  it("are exceeded by a spec that turns for ever where the robot does not", () => {
    const endless = {
      ...spec,
      type: "continuous",
      positionMinRad: Number.NEGATIVE_INFINITY,
      positionMaxRad: Number.POSITIVE_INFINITY,
    } as const;
    assert.match(
      compareLimits([endless], ["joint1"], urdfLimits(urdf(one)))[0] ?? "",
      /the spec allows any angle, the robot \[-1\.5, 1\.5\] rad/,
    );
  });

  it("of something else are refused", () => {
    assert.throws(() => urdfLimits("<sdf/>"), /is no URDF/);
  });
});

describe("the view of a camera", () => {
  const [front] = loadLaunch("launch/panda-reach.launch.yaml").cameras as readonly CameraSpec[];
  const view = async (camera: CameraSpec, cube: readonly [number, number, number]) => {
    using world = await World.create(pandaSpec, defaultScene);
    world.reset({ armRad: pandaSpec.homeRad, objects: { cube: { positionM: cube, yawRad: 0 } } });
    return { widthPx: camera.widthPx, heightPx: camera.heightPx, rgb: createRenderer(world.model).render(world.data, camera) };
  };
  const expected = () => view(front!, [50, 50, 0.025]);

  it("fits when the camera stands where it should, whatever lies on the table", async () => {
    const fit = fitView(await expected(), await view(front!, [0.45, 0.1, 0.025]));
    assert.deepEqual([fit.residualPx, fit.correlation > CORRELATION_MIN], [0, true]);
  });

  it("of a camera that was knocked is off by about as many pixels as it was moved", async () => {
    const [x, y, z] = front!.positionM;
    const [tx, ty, tz] = front!.targetM;
    const moved = { ...front!, positionM: [x, y + 0.05, z] as const, targetM: [tx, ty + 0.05, tz] as const };
    const fit = fitView(await expected(), await view(moved, [0.45, 0.1, 0.025]));
    assert.ok(fit.residualPx > RESIDUAL_PX_MAX && Math.abs(fit.shiftPx[0]) >= 2, JSON.stringify(fit));
  });

  it("that shows something else does not correlate", async () => {
    const { widthPx, heightPx } = front!;
    const stripes = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (Math.floor(i / 3) % 7 < 3 ? 255 : 0));
    assert.ok(fitView(await expected(), { widthPx, heightPx, rgb: stripes }).correlation < CORRELATION_MIN);
  });

  it("is written enlarged with the expected edges in red", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "foresight-view-")), "deep/front.png");
    const picture = await expected();
    await writeOverlay(path, picture, picture);
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [picture.widthPx * 8, picture.heightPx * 8]);
    let red = 0;
    for (let at = 0; at < data.length; at += info.channels) if (data[at] === 255 && data[at + 1] === 0 && data[at + 2] === 0) red++;
    assert.ok(red > 0 && red < (data.length / info.channels) * 0.5);
  });
});

describe("measuring a stop", () => {
  const reading = (atMs: number, position: number, velocity: number) => ({
    atNs: BigInt(atMs) * 1_000_000n,
    joints: { positionRad: Float64Array.of(position), velocityRadPerS: Float64Array.of(velocity), stampNs: 0n, receivedNs: 0n },
  });
  const toolAt = (rad: Float64Array) => [rad[0]!, 0, 0] as const;
  const readings = [
    reading(0, 0, 1),
    reading(10, 0.01, 1),
    reading(20, 0.02, 0.5),
    reading(30, 0.025, 0.005),
    reading(40, 0.024, 0.02),
    reading(50, 0.024, 0),
  ];

  it("counts from the call to the reading from which on it rests, a rebound included", () => {
    const stop = measureStop(readings, 12_000_000n, 0, toolAt);
    assert.deepEqual([stop.restMs, Number(stop.wayRad.toFixed(6)), Number(stop.toolM.toFixed(6))], [38, 0.014, 0.014]);
  });

  it("says so when it never rests", () => {
    assert.throws(() => measureStop(readings.slice(0, 3), 12_000_000n, 0, toolAt), /did not come to rest/);
  });
});
