/** Gazebo's messages against bytes that Debian's protoc 3.21.12 made from the gz-msgs 8 definitions (`protoc --encode=ignition.msgs.X`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MESSAGES, PIXEL_FORMAT } from "../../../../runtime/bridge/gazebo/message-table.ts";
import type { GazeboInit, MessageName } from "../../../../runtime/bridge/gazebo/message-types.ts";
import { isMessageName, loadCodec, splitTypeName } from "../../../../runtime/bridge/gazebo/messages.ts";

const codec = await loadCodec();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

type Vector<N extends MessageName> = readonly [N, GazeboInit<N>, string];
const vector = <N extends MessageName>(...it: Vector<N>): Vector<N> => it;

const VECTORS = [
  vector(
    "Clock",
    {
      header: { stamp: { sec: 12n, nsec: 500 }, data: [{ key: "a", value: ["b", "c"] }] },
      sim: { sec: 4_294_967_296n, nsec: 999_999_999 },
    },
    "0a120a05080c10f40312090a0161120162120163220c08808080801010ff93ebdc03",
  ),
  vector(
    "Image",
    { width: 2, height: 1, step: 6, data: Uint8Array.of(0, 1, 255, 128, 127, 8), pixelFormatType: PIXEL_FORMAT.rgbInt8 },
    "1002180120062a060001ff807f083003",
  ),
  vector(
    "JointTrajectory",
    {
      jointNames: ["j1", "j2"],
      points: [{ positions: [0.5, -1.25], velocities: [0, 1e-9], timeFromStart: { sec: 1n, nsec: 200_000_000 } }],
    },
    "12026a3112026a321a2d0a10000000000000e03f000000000000f4bf1210000000000000000095d626e80b2e113e2a071001188084af5f",
  ),
  vector("WorldControl", { pause: true, multiStep: 100, reset: { all: true }, runToSimTime: { sec: 3n } }, "100120642a0210013a020803"),
  vector(
    "EntityFactory",
    { sdf: "<sdf/>", pose: { position: { x: 0.5, y: -0.25, z: 1 }, orientation: { w: 1 } }, name: "cube", allowRenaming: true },
    "12063c7364662f3e3a28221b11000000000000e03f19000000000000d0bf21000000000000f03f2a0929000000000000f03f4204637562654801",
  ),
  vector(
    "Model",
    { name: "arm", id: 7, joint: [{ name: "j1", id: 9, type: 2, axis1: { position: 0.7, velocity: -0.1, force: 3 } }] },
    "120361726d1807322512026a3118092002521b51666666666666e63f599a9999999999b9bf610000000000000840",
  ),
  vector(
    "Marker",
    {
      action: 2,
      ns: "plan",
      id: 18_446_744_073_709_551_615n,
      type: 3,
      lifetime: { sec: 1n },
      material: { diffuse: { r: 1, a: 0.5 } },
      point: [{ x: 1 }, { y: 2 }],
    },
    "10021a04706c616e20ffffffffffffffffff0130033a020801520c320a150000803f2d0000003f5a0911000000000000f03f5a09190000000000000040",
  ),
  vector(
    "WorldStatistics",
    { simTime: { sec: 1n }, paused: true, iterations: 500n, modelCount: -1, realTimeFactor: 0.98, stepSize: { nsec: 2_000_000 } },
    "12020801280130f40338ffffffffffffffffff01495c8fc2f5285cef3f52041080897a",
  ),
  vector("Entity", { id: 12n, name: "cube", type: 2 }, "100c1a04637562652002"),
  vector(
    "CameraInfo",
    { width: 64, height: 64, intrinsics: { k: [70.1, 0] }, rectificationMatrix: [1, 0], distortion: { model: 2, k: [0.1] } },
    "10401840220c080212089a9999999999b93f2a120a10666666666686514000000000000000003a10000000000000f03f0000000000000000",
  ),
  vector(
    "Contacts",
    {
      contact: [
        { collision1: { name: "a" }, position: [{ x: 1 }], depth: [0.001], wrench: [{ body1Name: "a", body1Wrench: { force: { z: 2 } } }] },
      ],
    },
    "122c12031a0161220911000000000000f03f3208fca9f1d24d62503f3a10120161320b1209210000000000000040",
  ),
  vector(
    "Pose_V",
    { pose: [{ name: "cube", id: 3, position: { z: 0.025 }, orientation: { x: 0.5, y: 0.5, z: 0.5, w: 0.5 } }] },
    "123912046375626518032209219a9999999999993f2a2411000000000000e03f19000000000000e03f21000000000000e03f29000000000000e03f",
  ),
  vector("Float_V", { data: [1.5, -2] }, "12080000c03f000000c0"),
  vector("Light", { name: "sun", type: 2, direction: { z: -1 }, castShadows: true }, "120373756e1802520921000000000000f0bf6001"),
] as readonly Vector<MessageName>[];

for (const [name, message, bytes] of VECTORS) {
  test(`${name} has the bytes that protoc gives it, and is read back from them`, () => {
    assert.equal(hex(codec.encode(name, message)), bytes);
    assert.equal(hex(codec.encode(name, codec.decode(name, unhex(bytes)) as GazeboInit<typeof name>)), bytes);
  });
}

test("every message inside a message is in the table, and no two fields of one share a number", () => {
  const scalars = ["bool", "int32", "uint32", "int64", "uint64", "float", "double", "string", "bytes"];
  for (const [name, fields] of Object.entries(MESSAGES)) {
    const rows = Object.entries(fields) as [string, readonly [number, string]][];
    for (const [field, [, type]] of rows) {
      const item = type.replace("[]", "");
      assert.ok(scalars.includes(item) || isMessageName(item), `${name}.${field}: ${type}`);
    }
    assert.equal(new Set(rows.map(([, [number]]) => number)).size, rows.length, name);
  }
});

test("what was not sent reads as zero, empty and undefined", () => {
  const model = codec.decode("Model", new Uint8Array(0));
  assert.deepEqual([model.name, model.id, model.isStatic, model.joint, model.pose], ["", 0, false, [], undefined]);
});

test("fields that the table leaves out are skipped", () => {
  const withUnknown = unhex(`${VECTORS.find(([name]) => name === "Entity")![2]}f23f0178`); // Field 1022, one byte.
  assert.equal(codec.decode("Entity", withUnknown).name, "cube");
});

test("bytes that are no such message are refused in words", () => {
  assert.throws(() => codec.decode("Clock", unhex("0affffff")), {
    name: "AgentError",
    code: "bridge.mismatch",
    message: /^4 bytes is no Clock/,
  });
});

test("random bytes are either read or refused, never worse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom("Discovery", "Model", "Image", "Scene"), (bytes, name) => {
      try {
        codec.decode(name as MessageName, bytes);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "bridge.mismatch");
      }
    }),
    { numRuns: 500 },
  );
});

test("the bytes of a picture are a view, not a copy", () => {
  const bytes = codec.encode("Image", { data: Uint8Array.of(1, 2, 3) });
  assert.equal(codec.decode("Image", bytes).data.buffer, bytes.buffer);
});

test("JSON takes Gazebo's own spelling and ours, and names an unknown field", () => {
  const ours = codec.fromJson("WorldControl", { pause: true, multiStep: 100 });
  assert.deepEqual(codec.fromJson("WorldControl", { pause: true, multi_step: 100 }), ours);
  assert.deepEqual(codec.toJson("WorldControl", ours), { pause: true, multiStep: 100 });
  assert.throws(() => codec.fromJson("WorldControl", { paus: true }), {
    code: "bridge.mismatch",
    message: /no WorldControl message: .*"paus"/,
  });
});

test("type names of both families are taken apart, others are not ours", () => {
  assert.deepEqual(splitTypeName("ignition.msgs.Clock"), { family: "ignition.msgs", name: "Clock" });
  assert.deepEqual(splitTypeName("gz.msgs.Pose_V"), { family: "gz.msgs", name: "Pose_V" });
  for (const other of ["google.protobuf.Message", "gz.msgs.a.b", "xgz.msgs.Clock", ""]) assert.equal(splitTypeName(other), null);
});
