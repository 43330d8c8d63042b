import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../../runtime/core/errors.ts";
import { cameraAxes, projectToPixel } from "../../../runtime/core/projection.ts";
import type { CameraSpec } from "../../../runtime/core/sensing.ts";

const camera: CameraSpec = {
  name: "front",
  widthPx: 80,
  heightPx: 60,
  fovYRad: Math.PI / 2,
  positionM: [2, 0, 1],
  targetM: [0, 0, 1],
};

test("the target lies in the middle of the picture at its distance", () => {
  assert.deepEqual(projectToPixel(camera, [0, 0, 1]), { xPx: 40, yPx: 30, depthM: 2 });
});

test("a camera that looks along -x sees +y on its right and +z above", () => {
  // Field of view 90 degrees: at 2 m depth half the picture's height is 2 m, so a metre is 15 px.
  const right = projectToPixel(camera, [0, 1, 1]);
  const above = projectToPixel(camera, [0, 0, 2]);
  assert.ok(Math.hypot(right.xPx - 55, right.yPx - 30) < 1e-9);
  assert.ok(Math.hypot(above.xPx - 40, above.yPx - 15) < 1e-9);
});

test("a point behind the camera has a depth that is not positive and no pixel", () => {
  assert.deepEqual(projectToPixel(camera, [3, 0, 1]), { xPx: Number.NaN, yPx: Number.NaN, depthM: -1 });
});

test("a camera that looks straight down has world x up", () => {
  const down: CameraSpec = { ...camera, positionM: [0.5, 0, 1], targetM: [0.5, 0, 0] };
  assert.ok(projectToPixel(down, [0.6, 0, 0]).yPx < 30);
  assert.ok(projectToPixel(down, [0.5, -0.1, 0]).xPx > 40, "with x up, -y is on the right");
});

test("camera axes are orthogonal, of length one and right-handed", () => {
  const { right, down, forward } = cameraAxes({ ...camera, targetM: [0.3, 0.7, -0.2] });
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  for (const axis of [right, down, forward]) assert.ok(Math.abs(dot(axis, axis) - 1) < 1e-12);
  for (const [a, b] of [
    [right, down],
    [down, forward],
    [forward, right],
  ] as const)
    assert.ok(Math.abs(dot(a, b)) < 1e-12);
  const cross = right.map((_, i) => right[(i + 1) % 3]! * down[(i + 2) % 3]! - right[(i + 2) % 3]! * down[(i + 1) % 3]!);
  assert.ok(dot(cross, forward) > 0.999);
});

test("an impossible camera is refused with subject, value, bound and remedy", () => {
  const cases: [Partial<CameraSpec>, string][] = [
    [{ widthPx: 0 }, 'camera "front": widthPx 0 is outside [1, 4096] px; give a whole number in that range'],
    [{ heightPx: 4097 }, 'camera "front": heightPx 4097 is outside [1, 4096] px; give a whole number in that range'],
    [{ widthPx: 64.5 }, 'camera "front": widthPx 64.5 is outside [1, 4096] px; give a whole number in that range'],
    [{ fovYRad: Number.NaN }, 'camera "front": fovYRad NaN is outside [0.01, 3] rad; give the vertical field of view in radians'],
    [{ fovYRad: 47 }, 'camera "front": fovYRad 47 is outside [0.01, 3] rad; give the vertical field of view in radians'],
    [{ positionM: [0, Infinity, 0] }, 'camera "front": positionM (0, Infinity, 0) m is not finite; give three numbers'],
    [{ targetM: [2, 0, 1] }, 'camera "front": positionM and targetM are 0 m apart, less than 1e-6 m; move one of them'],
  ];
  for (const [change, message] of cases)
    assert.throws(() => projectToPixel({ ...camera, ...change }, [0, 0, 0]), new AgentError("launch.invalid", message));
});
