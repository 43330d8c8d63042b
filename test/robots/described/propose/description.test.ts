/** What is found in an arm's file: where the arm ends and its hand begins, and how it rests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { proposeDescription } from "../../../../robots/described/propose/description.ts";
import { so101Spec } from "../../../../robots/so101/spec.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { folderOfTest, urdf } from "../invented.ts";

const folder = folderOfTest();
const ARM = ["turn", "lift", "bend", "roll", "pitch", "spin"];
const INERTIAL = '<inertial><mass value="0.02"/><inertia ixx="1e-5" iyy="1e-5" izz="1e-5" ixy="0" ixz="0" iyz="0"/></inertial>';
const hinge = (name: string, parent: string, child: string, xyz: string): string =>
  `<link name="${child}">${INERTIAL}</link><joint name="${name}" type="revolute"><parent link="${parent}"/><child link="${child}"/><origin xyz="${xyz}"/><axis xyz="0 0 1"/><limit lower="0" upper="1" effort="1" velocity="1"/></joint>`;
const namesIn = async (name: string, text: string): Promise<readonly string[]> =>
  (await proposeDescription(folder.write(name, text))).description.joints.map((joint) => joint.name);

test("a hand that its last joint turns about the tool's axis rests as it is drawn, not askew", async () => {
  const { description } = await proposeDescription(so101Spec.modelPath);
  assert.deepEqual([description.joints.at(-1)?.name, description.joints.at(-1)?.homeRad], ["wrist_roll", 0]);
  const six = await proposeDescription(folder.write("six.urdf", urdf));
  assert.deepEqual([six.description.joints.at(-1)?.name, six.description.joints.at(-1)?.homeRad], ["spin", 0]);
});

test("a wrist whose link is called after the jaw that it carries is a part of the arm, the jaw is its gripper", async () => {
  const text = urdf
    .replaceAll('"flange"', '"Fixed_Jaw"')
    .replace("</robot>", `${hinge("close", "Fixed_Jaw", "Moving_Jaw", "0.02 0.01 0")}</robot>`);
  assert.deepEqual(await namesIn("jaw.urdf", text), ARM);
});

test("a link called gripper beside the tool's frame is a jaw, and a hand where it carries the frame", async () => {
  const frame = (parent: string): string =>
    `<link name="gripper_tcp"/><joint name="tcp" type="fixed"><parent link="${parent}"/><child link="gripper_tcp"/><origin xyz="0 0 0.06"/></joint>`;
  const jaw = hinge("close", "flange", "gripper", "0.02 0.01 0");
  assert.deepEqual(await namesIn("beside.urdf", urdf.replace("</robot>", `${jaw}${frame("flange")}</robot>`)), ARM);
  assert.deepEqual(await namesIn("carried.urdf", urdf.replace("</robot>", `${jaw}${frame("gripper")}</robot>`)), [...ARM, "close"]);
});

test("an arm ends where its hand begins, however many joints the fingers have", async () => {
  const finger = (name: string, y: number): string =>
    [0, 1, 2, 3, 4, 5]
      .map((at) =>
        hinge(`${name}_${at}`, at === 0 ? "flange" : `${name}_link_${at - 1}`, `${name}_link_${at}`, `0.02 ${at === 0 ? y : 0} 0`),
      )
      .join("");
  const text = urdf.replace("</robot>", `${finger("thumb", 0.02)}${finger("index", -0.02)}</robot>`);
  assert.deepEqual(await namesIn("hand.urdf", text), ARM);
});

test("what is left out of a URDF may say what it likes; what is taken over must be numbers", async () => {
  const geometry =
    '<collision><origin xyz="0 0 0"/><verbose value="Yes"/><geometry><box size="0.05 0.05 0.05"/></geometry></collision></link>';
  assert.deepEqual(await namesIn("verbose.urdf", urdf.replace("</link>", geometry)), ARM);
  await assert.rejects(
    proposeDescription(folder.write("mass.urdf", urdf.replace(/mass value="[\d.]+"/, 'mass value="Yes"'))),
    /<mass> of "base": value="Yes" is no finite number/,
  );
});

test("each of the rest postures that are offered is elsewhere", async () => {
  const { description, alternatives } = await proposeDescription(folder.write("again.urdf", urdf));
  const postures = [description, ...alternatives].map(({ joints }) => joints.map(({ homeRad }) => homeRad).join(" "));
  assert.ok(postures.length > 1 && new Set(postures).size === postures.length, `${postures.length} postures`);
});

test("a file without links, and one whose arm slides, are told apart", async () => {
  await assert.rejects(
    proposeDescription(folder.write("empty.urdf", '<robot name="none"></robot>')),
    /has no links; was it written by xacro without/,
  );
  const slides = urdf.replaceAll('type="revolute"', 'type="prismatic"');
  await assert.rejects(
    proposeDescription(folder.write("slides.urdf", slides)),
    /is it an arm\?; joints that slide \(turn, lift, bend, .*\) stand still here/,
  );
});

test("what a file has that no arm can have is a sentence with the joint and the remedy, never a schema's own words", async () => {
  const degrees = urdf.replace(/lower="-2" upper="2"/, 'lower="-114" upper="114"');
  assert.notEqual(degrees, urdf);
  await assert.rejects(
    proposeDescription(folder.write("degrees.urdf", degrees)),
    (error: Error) =>
      error instanceof AgentError &&
      /degrees\.urdf: joint "pitch": positionMinRad: -114 rad .* in degrees\? write -1\.99/.test(error.message),
  );
});

test("a joint that turns and has no limits gets half a turn either way, and the launch file calls that a guess", async () => {
  const { description, reasons } = await proposeDescription(folder.write("unlimited.urdf", urdf.replace(/<limit lower="-2\.9"[^>]*>/, "")));
  const [turn] = description.joints;
  assert.ok(turn && turn.type !== "continuous");
  for (const boundRad of [-turn.positionMinRad, turn.positionMaxRad]) assert.ok(boundRad > 3.14 && boundRad < Math.PI, `${boundRad}`);
  assert.match(reasons["joints"] ?? "", /; of "turn" the file has no limits, half a turn either way is no more than a guess$/);
});
