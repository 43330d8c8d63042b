/** What an arm says of itself: narrower limits and late messages are problems, what nobody publishes is a warning, and neither is an ok. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { printFindings } from "../../../launch/bring-up/finding.ts";
import { cameraFindings, limitFindings } from "../../../launch/bring-up/introduction.ts";
import { pandaSpec } from "../../../robots/panda/spec.ts";

const joints = pandaSpec.joints.slice(0, 1);
const urdf = (velocity: number): string =>
  `<robot name="r"><joint name="joint1" type="revolute"><limit lower="-3" upper="3" effort="1" velocity="${velocity}"/></joint></robot>`;
const limits = (description: Parameters<typeof limitFindings>[2]) => limitFindings(joints, ["joint1"], description);

test("limits that the arm's description allows are ok, wider ones are wrong", () => {
  assert.deepEqual(
    limits({ state: "told", value: urdf(3) }).map(({ verdict }) => verdict),
    ["ok"],
  );
  const [found] = limits({ state: "told", value: urdf(1) });
  assert.equal(found?.verdict, "wrong");
  assert.match(found.found, /the robot 1 rad\/s/);
});

test("a description that is published and does not come is wrong; one that nobody publishes is a warning", () => {
  const [late, absent] = [limits({ state: "late" })[0], limits({ state: "absent" })[0]];
  assert.equal(late?.verdict, "wrong");
  assert.match(
    late.found,
    /"robot_description" is published, but nothing came within 5 s, so only the spec's own limits are known; look at/,
  );
  assert.deepEqual(absent, {
    subject: "limits",
    verdict: "warning",
    found: 'nobody publishes "robot_description", so only the spec\'s own limits are known',
  });
});

test("the same for the description of a camera; one that fits is said nothing of", () => {
  const infos = {
    front: { topic: "/front/camera_info", info: { state: "told", value: [] } },
    side: { topic: "/side/camera_info", info: { state: "late" } },
    top: { topic: "/top/camera_info", info: { state: "absent" } },
    wrist: { topic: "/wrist/camera_info", info: { state: "told", value: ["its lens bends the picture"] } },
  } as const;
  assert.deepEqual(
    cameraFindings(infos).map(({ subject, verdict }) => [subject, verdict]),
    [
      ['camera "side"', "wrong"],
      ['camera "top"', "warning"],
      ['camera "wrist"', "wrong"],
    ],
  );
});

test("findings are printed a line each, with what is wrong in capitals", () => {
  const findings = [...limits({ state: "told", value: urdf(3) }), ...limits({ state: "absent" }), ...limits({ state: "late" })];
  assert.deepEqual(
    printFindings(findings)
      .split("\n")
      .map((line) => line.slice(0, 14)),
    ["ok     limits ", "warn   limits ", "WRONG  limits "],
  );
});
