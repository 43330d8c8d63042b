import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CameraSpec, Frame, JointState, Observation } from "../../../runtime/core/sensing.ts";
import type { Vec3 } from "../../../runtime/core/vec3.ts";
import { createEncoder } from "../../../runtime/encode/encoder.ts";
import { Graph } from "../../../runtime/graph/builder.ts";
import { add, cast, concat, log, mul, reduceMean, slice, sub } from "../../../runtime/graph/ops.ts";
import { loadModelPackage } from "../../../runtime/predict/model-package.ts";
import { sessions } from "../../contracts/solver.ts";
import { TINY_CAMERAS, type TinyOptions, tinyFrame, tinyLatent, writeTinyModel } from "../../helpers/tiny-model.ts";

const TOOL_M: Vec3 = [0.45, 0.1, 0.03];
const SEEN_M: Vec3 = [0.55, -0.05, 0.1];
/** Of a position read back from 8-bit colour, in decisions of 3 cm. */
const COLOUR_TOLERANCE = 0.06;
const [front, side] = TINY_CAMERAS as [CameraSpec, CameraSpec];
const frames = TINY_CAMERAS.map((camera) => tinyFrame(camera, SEEN_M));

const joints: JointState = { positionRad: new Float64Array(7), velocityRadPerS: new Float64Array(7), stampNs: 0n, receivedNs: 0n };
const observe = (pictures: readonly Frame[]): Observation => ({ stampNs: 0n, receivedNs: 0n, frames: pictures, joints });
const open = async (options: TinyOptions = {}, toolM = TOOL_M) =>
  createEncoder({ package: await loadModelPackage(writeTinyModel(options)), open: sessions.open, toolAt: () => toolM });

describe("encoder", () => {
  it("puts what the pictures show first and the normalised tool position last", async () => {
    await using encoder = await open();
    const latent = await encoder.encode(observe(frames));
    const [seen, felt] = [tinyLatent(SEEN_M).subarray(0, 3), tinyLatent(TOOL_M).subarray(3)];
    for (let i = 0; i < 3; i++) {
      assert.ok(Math.abs(latent[i]! - seen[i]!) < COLOUR_TOLERANCE, `visual entry ${i} is ${latent[i]}, not ${seen[i]}`);
      assert.ok(Math.abs(latent[3 + i]! - felt[i]!) < 1e-5, `tool entry ${i} is ${latent[3 + i]}, not ${felt[i]}`);
    }
  });

  it("orders pictures by the model's cameras, whatever order they come in", async () => {
    await using encoder = await open({ networks: { encoder: firstCameraEncoder() } });
    const shown = [tinyFrame(side, [0.3, 0, 0]), tinyFrame(front, SEEN_M)];
    const latent = await encoder.encode(observe(shown));
    assert.deepEqual(latent, await encoder.encode(observe(shown.toReversed())));
    const [red] = shown[1]!.rgb;
    assert.equal(latent[0], red, "the first camera of the model is front");
  });

  it("leaves proprioception out of a goal", async () => {
    await using encoder = await open();
    const [goal, latent] = [await encoder.encodeGoal(frames), await encoder.encode(observe(frames))];
    assert.deepEqual(goal.subarray(0, 3), latent.subarray(0, 3));
    assert.deepEqual(goal.subarray(3), new Float32Array(3));
  });

  it("refuses a picture of another size", async () => {
    await using encoder = await open();
    const small = tinyFrame({ ...side, widthPx: 32 }, SEEN_M);
    await assert.rejects(encoder.encode(observe([frames[0]!, small])), {
      code: "sense.wrong-size",
      message:
        'tiny encoder: picture of camera "side" is 32x64 px in 6144 bytes, the model takes 64x64 px in 12288 bytes; resize the camera',
    });
    await assert.rejects(encoder.encodeGoal([frames[0]!, small]), {
      code: "goal.mismatch",
      message: /^tiny encoder: goal picture of camera "side" is 32x64 px/,
    });
  });

  it("refuses a picture with bytes missing", async () => {
    await using encoder = await open();
    const cut = { ...frames[1]!, rgb: frames[1]!.rgb.subarray(1) };
    await assert.rejects(encoder.encode(observe([frames[0]!, cut])), { code: "sense.wrong-size", message: /is 64x64 px in 12287 bytes/ });
  });

  it("names the camera whose picture is missing", async () => {
    await using encoder = await open();
    const message = 'tiny encoder: no picture of camera "side", there is "front"; give one of each camera of the model';
    await assert.rejects(encoder.encode(observe([frames[0]!])), { code: "sense.wrong-size", message });
    await assert.rejects(encoder.encodeGoal([]), {
      code: "goal.mismatch",
      message: /^tiny encoder: no goal picture of camera "front", there is none/,
    });
  });

  it("refuses a tool position that is not finite", async () => {
    await using encoder = await open({}, [0.5, Number.NaN, 0]);
    await assert.rejects(encoder.encode(observe(frames)), {
      code: "sense.not-finite",
      message: "tiny encoder: tool position (0.5, NaN, 0) m is not finite; check the joint readings",
    });
  });

  it("refuses a latent that is not finite", async () => {
    await using encoder = await open({ networks: { encoder: logEncoder() } });
    await assert.rejects(encoder.encode(observe(frames)), {
      code: "model.not-finite",
      message: /^tiny encoder: latent entry \d of 6 is (NaN|-Infinity), must be finite; check the input, then the weights$/,
    });
  });

  it("refuses a network that answers the same although the arm has moved; an arm that rests may look the same twice", async () => {
    const toolsM: Vec3[] = [TOOL_M, TOOL_M, [TOOL_M[0] + 0.01, TOOL_M[1], TOOL_M[2]]];
    const constant = oddEncoder((g, picture, proprio) => mul(g, concat(g, [reduceMean(g, picture, [1, 2, 3]), proprio], 1), 0));
    const model = await loadModelPackage(writeTinyModel({ networks: { encoder: constant } }));
    let asked = 0;
    await using encoder = await createEncoder({ package: model, open: sessions.open, toolAt: () => toolsM[asked++]! });
    await encoder.encode(observe(frames));
    await encoder.encode(observe(frames));
    await assert.rejects(encoder.encode(observe(frames)), {
      code: "model.constant",
      message:
        /^tiny encoder: answered the same 6 numbers twice although the arm had moved; start the agent again, then check the weights$/,
    });
  });

  it("encodes true states for a state package, and refuses it pictures", async () => {
    await using encoder = await open({ observation: "state" });
    const state = Float32Array.from([...TOOL_M, ...SEEN_M]);
    const expected = Float32Array.from([...tinyLatent(SEEN_M).subarray(0, 3), ...tinyLatent(TOOL_M).subarray(3)]);
    for (const [i, value] of (await encoder.encodeState(state)).entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-5);
    assert.deepEqual((await encoder.encodeGoalState(state)).subarray(3), new Float32Array(3));
    await assert.rejects(encoder.encodeState(state.subarray(1)), {
      code: "sense.wrong-size",
      message: /the state has 5 numbers, the model takes 6/,
    });
    await assert.rejects(encoder.encode(observe(frames)), {
      code: "model.mismatch",
      message: /given pictures, the model takes true states/,
    });
  });

  it("refuses states for a camera package", async () => {
    await using encoder = await open();
    await assert.rejects(encoder.encodeState(new Float32Array(6)), {
      code: "model.mismatch",
      message: /given a state of 6 numbers, the model takes pictures/,
    });
  });
});

/** The latent's head is the mean colour of the first camera, its tail the raw proprioception. */
function firstCameraEncoder(): Uint8Array {
  return oddEncoder((g, frames, proprio) => concat(g, [reduceMean(g, slice(g, frames, 1, 0, 1), [1, 2, 3]), proprio], 1));
}

/** Logarithm of proprioception minus one: not finite for any tool position on the table. */
function logEncoder(): Uint8Array {
  return oddEncoder((g, frames, proprio) => concat(g, [reduceMean(g, frames, [1, 2, 3]), log(g, sub(g, proprio, 1))], 1));
}

type Value = ReturnType<Graph["input"]>;

function oddEncoder(body: (g: Graph, frames: Value, proprio: Value) => Value): Uint8Array {
  const g = new Graph("odd encoder");
  const pictures = g.input("frames", "uint8", [-1, 2, 64, 64, 3]);
  const proprio = g.input("proprio", "float32", [-1, 3]);
  g.output("latent", add(g, body(g, cast(g, pictures, "float32"), proprio), 0));
  return g.toBytes();
}
