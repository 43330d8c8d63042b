/** `foresight doctor`: what is needed decides, what is missing is named, and every lack has a remedy. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { CUDA_COMMAND, type DoctorResult, doctor, printDoctor } from "../../../launch/cli/doctor.ts";
import { writeTinyModel } from "../../helpers/tiny-model.ts";

const checkOf = ({ checks }: DoctorResult, name: string) => {
  const check = checks.find((each) => each.name === name);
  assert.ok(check, `no check "${name}" among ${checks.map((each) => each.name).join(", ")}`);
  return check;
};

test("with everything needed, doctor is content, whatever extras are absent", async () => {
  const result = await doctor({ port: 0, modelFolders: [writeTinyModel()] });
  assert.equal(result.ok, true, printDoctor(result));
  for (const name of ["Node.js", "ONNX Runtime cpu", "MuJoCo", "model tiny"])
    assert.deepEqual([checkOf(result, name).ok, checkOf(result, name).needed], [true, true]);
  assert.match(printDoctor(result), /Everything needed works\.$/);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
});

test("every lack comes with a remedy, and CUDA with the command that adds it or why there is none", async () => {
  const result = await doctor({ port: 0, modelFolders: [] });
  for (const check of result.checks) if (!check.ok) assert.ok(check.remedy, check.name);
  const cuda = checkOf(result, "ONNX Runtime cuda");
  const known = process.platform === "linux" && process.arch === "x64" ? CUDA_COMMAND : "linux/x64 only";
  if (!cuda.ok) assert.ok(cuda.remedy?.includes(known), cuda.remedy ?? "");
});

test("no model at all, and a model with changed bytes, are things that are needed", async () => {
  const none = await doctor({ port: 0, modelFolders: [] });
  assert.equal(none.ok, false);
  assert.match(printDoctor(none), /MISSING {2}world models[\s\S]*Something needed is missing\.$/);
  const folder = writeTinyModel();
  writeFileSync(join(folder, "critic.onnx"), "changed");
  const changed = await doctor({ port: 0, modelFolders: [folder] });
  assert.equal(changed.ok, false);
  assert.match(checkOf(changed, `model ${folder}`).found, /critic\.onnx: sha256 is [0-9a-f]{64}, model\.json declares [0-9a-f]{64}/);
});

test("an occupied port is told with its remedy, and does not fail the rest", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  try {
    const result = await doctor({ port, modelFolders: [writeTinyModel()] });
    assert.equal(result.ok, true);
    const { ok, found, remedy } = checkOf(result, `port ${port}`);
    assert.deepEqual(
      { ok, found, remedy },
      { ok: false, found: "cannot be listened on (EADDRINUSE)", remedy: "free it, or run with dashboard.port:=0" },
    );
  } finally {
    server.close();
  }
});

test("without ROS every step towards it is listed with what to do, and none of them is needed", async () => {
  const { checks, ok } = await doctor({ port: 0, modelFolders: [writeTinyModel()], environment: {} });
  const steps = checks.filter(({ name }) => name.startsWith("ROS 2"));
  assert.equal(ok, true);
  assert.deepEqual(
    steps.map(({ name }) => name.slice("ROS 2, ".length)),
    ["1 of 5: sourced", "2 of 5: package", "3 of 5: built", "4 of 5: messages", "5 of 5: middleware"],
  );
  assert.match(steps[0]?.found ?? "", /no ROS 2 is sourced/);
  assert.match(steps[0]?.remedy ?? "", /source \/opt\/ros/);
  assert.match(steps[2]?.found ?? "", /not looked at: ROS 2, 1 of 5: sourced comes first/);
  assert.match(steps[2]?.remedy ?? "", /npm run ros:build/);
  for (const step of steps) assert.deepEqual([step.ok, step.needed], [false, false]);
});
