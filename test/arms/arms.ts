/** A dozen invented arms in the styles of public ones: five, six and seven joints, URDF and MJCF, and what makes each of them awkward. */

type Limit = readonly [lower: number, upper: number] | "continuous";
type JointOf = readonly [name: string, xyz: string, axis: string, limit: Limit];

const Z = "0 0 1";
const Y = "0 1 0";
const X = "1 0 0";

/** Base upwards: shoulder, elbow and a wrist whose last axis lies along the forearm. */
const six: readonly JointOf[] = [
  ["joint_1", "0 0 0.2", Z, [-2.9, 2.9]],
  ["joint_2", "0 0 0.05", Y, [-1.8, 1.8]],
  ["joint_3", "0.35 0 0", Y, [-0.3, 2.7]],
  ["joint_4", "0.17 0 0", X, [-2.9, 2.9]],
  ["joint_5", "0.17 0 0", Y, [-2.1, 2.1]],
  ["joint_6", "0.08 0 0", X, [-2.9, 2.9]],
];
const five: readonly JointOf[] = [
  ["waist", "0 0 0.08", Z, [-2, 2]],
  ["shoulder", "0 0 0.04", Y, [-1.8, 1.8]],
  ["elbow", "0.16 0 0", Y, [-0.2, 2.5]],
  ["wrist_angle", "0.15 0 0", Y, [-1.9, 1.9]],
  ["wrist_rotate", "0.05 0 0", X, [-2.8, 2.8]],
];
const seven: readonly JointOf[] = [
  ["a1", "0 0 0.15", Z, [-2.9, 2.9]],
  ["a2", "0 0 0.19", Y, [-2, 2]],
  ["a3", "0 0 0.21", Z, [-2.9, 2.9]],
  ["a4", "0 0 0.19", Y, [-2.1, 2.1]],
  ["a5", "0 0 0.21", Z, [-2.9, 2.9]],
  ["a6", "0 0 0.19", Y, [-2, 2]],
  ["a7", "0 0 0.08", Z, [-3, 3]],
];
const endless = six.map(
  ([name, xyz, axis, limit], index): JointOf => [name, xyz, axis, index === 0 || index === 3 || index === 5 ? "continuous" : limit],
);

const inertial = (massKg: number): string =>
  `<inertial><mass value="${massKg}"/><inertia ixx="${0.004 * massKg}" iyy="${0.004 * massKg}" izz="${0.004 * massKg}" ixy="0" ixz="0" iyz="0"/></inertial>`;
const MESH = '<visual><geometry><mesh filename="package://arm_description/meshes/link.dae"/></geometry></visual>';
const BOX = '<collision><geometry><box size="0.05 0.05 0.05"/></geometry></collision>';

interface UrdfStyle {
  readonly shape?: string;
  readonly mass?: boolean;
  /** Put before and behind the arm's own elements. */
  readonly before?: string;
  readonly after?: string;
}

function urdf(joints: readonly JointOf[], { shape = BOX, mass = true, before = "", after = "" }: UrdfStyle = {}): string {
  const link = (name: string, massKg: number): string => `<link name="${name}">${mass ? inertial(massKg) : ""}${shape}</link>`;
  const parts = joints.map(([name, xyz, axis, limit], index) => {
    const type = limit === "continuous" ? "continuous" : "revolute";
    const range = limit === "continuous" ? "" : `lower="${limit[0]}" upper="${limit[1]}" `;
    return `${link(`link_${index + 1}`, 2 / (index + 1))}
  <joint name="${name}" type="${type}"><parent link="link_${index}"/><child link="link_${index + 1}"/><origin xyz="${xyz}"/><axis xyz="${axis}"/><limit ${range}effort="60" velocity="3"/></joint>`;
  });
  return `<?xml version="1.0"?>\n<robot name="arm">\n${before}\n${link("link_0", 3)}\n${parts.join("\n")}\n${after}\n</robot>\n`;
}

const fixed = (name: string, parent: string, child: string, xyz: string, rpy = "0 0 0"): string =>
  `<joint name="${name}" type="fixed"><parent link="${parent}"/><child link="${child}"/><origin xyz="${xyz}" rpy="${rpy}"/></joint>`;
const finger = (name: string, parent: string, axis: string, more = ""): string =>
  `<link name="${name}_link">${inertial(0.02)}</link><joint name="${name}" type="prismatic"><parent link="${parent}"/><child link="${name}_link"/><origin xyz="0.06 0 0"/><axis xyz="${axis}"/><limit lower="0" upper="0.04" effort="5" velocity="0.1"/>${more}</joint>`;
/** z out of the hand, as REP 103 and ROS-Industrial have it. */
const tool0 = `<link name="tool0"/>${fixed("tool", "link_6", "tool0", "0.05 0 0", "0 1.5707963 0")}`;

function mjcf(joints: readonly JointOf[], { tail = "", other = "", jointMore = "" } = {}): string {
  const bodies = joints.map(([name, pos, axis, limit], index) => {
    const range = limit === "continuous" ? 'limited="false"' : `range="${limit[0]} ${limit[1]}"`;
    return `<body name="link_${index + 1}" pos="${pos}"><joint name="${name}" axis="${axis}" ${range} ${jointMore}/><geom class="collision" size="0.03" mass="${1 / (index + 1)}"/>`;
  });
  return `<mujoco model="arm"><compiler angle="radian" autolimits="true"/>
<default><default class="arm"><joint damping="1" armature="0.1"/><position kp="100"/><default class="collision"><geom type="sphere" group="3"/></default></default></default>
${other}
<worldbody><light pos="0 0 3"/><geom type="plane" size="1 1 0.1"/><body name="link_0" childclass="arm">${bodies.join("\n")}${tail}${"</body>".repeat(joints.length)}</body></worldbody></mujoco>`;
}

/** File name, text, and the joints that describe must find, in order. */
export const arms: readonly (readonly [file: string, what: string, text: string, joints: readonly string[]])[] = (
  [
    ["six-tool0.urdf", "six joints, tool0 with z out", urdf(six, { after: tool0 }), six],
    [
      "six-meshes.urdf",
      "links of meshes only, a comment of xacro, gazebo and transmissions",
      urdf(six, { shape: MESH, before: '<!-- <xacro:include filename="a.xacro"/> --><transmission name="t"/><gazebo/>' }),
      six,
    ],
    ["six-continuous.urdf", "three joints without end", urdf(endless, { after: tool0 }), six],
    ["six-massless.urdf", "no mass in it at all", urdf(six, { shape: MESH, mass: false, after: tool0 }), six],
    [
      "six-rail.urdf",
      "on a rail (prismatic)",
      urdf(six, {
        before: `<link name="rail"/><joint name="slide" type="prismatic"><parent link="rail"/><child link="link_0"/><axis xyz="0 1 0"/><limit lower="-0.5" upper="0.5" effort="9" velocity="1"/></joint>`,
      }),
      six,
    ],
    [
      "six-turned.urdf",
      "base turned by a quarter on a stand",
      urdf(
        six.map(([name, xyz, axis, limit]): JointOf => [name, xyz, axis, name === "joint_1" ? [-1.2, 1.2] : limit]),
        { before: `<link name="world"/>${fixed("stand", "world", "link_0", "1 0 0.7", "0 0 1.5707963")}` },
      ),
      six,
    ],
    [
      "six-fingers.urdf",
      "two fingers, one follows the other (mimic)",
      urdf(six, {
        after: finger("left_finger", "link_6", "0 1 0") + finger("right_finger", "link_6", "0 -1 0", '<mimic joint="left_finger"/>'),
      }),
      six,
    ],
    [
      "five-jaw.urdf",
      "five joints and a jaw",
      urdf(five, {
        after: `<link name="jaw_link">${inertial(0.03)}</link><joint name="jaw" type="revolute"><parent link="link_5"/><child link="jaw_link"/><origin xyz="0.03 0.01 0"/><axis xyz="0 0 1"/><limit lower="-0.2" upper="1.7" effort="2" velocity="4"/></joint><link name="gripper_frame"/>${fixed("frame", "link_5", "gripper_frame", "0.09 0 0")}`,
      }),
      five,
    ],
    ["five.xml", "five joints, MJCF with default classes", mjcf(five, { tail: '<site name="grasp" pos="0.08 0 0"/>' }), five],
    [
      "six-ref.xml",
      "MJCF whose zero is not as drawn, springs in its joints",
      mjcf(six, { jointMore: 'springref="0.1" stiffness="0.1"' }).replace(
        'name="joint_3" axis="0 1 0" range="-0.3 2.7"',
        'name="joint_3" axis="0 1 0" ref="0.4" range="0.1 3.1"',
      ),
      six,
    ],
    [
      "seven.urdf",
      "seven joints straight up",
      urdf(seven, { after: `<link name="flange"/>${fixed("f", "link_7", "flange", "0 0 0.06")}` }),
      seven,
    ],
    [
      "seven-hand.xml",
      "seven joints, a site, fingers that an equality couples",
      mjcf(seven, {
        tail: '<site name="attachment_site" pos="0 0 0.05"/><body name="finger_a" pos="0 0.02 0.06"><joint name="finger_a" type="slide" axis="0 1 0" range="0 0.04"/><geom size="0.01" mass="0.01"/></body><body name="finger_b" pos="0 -0.02 0.06"><joint name="finger_b" type="slide" axis="0 -1 0" range="0 0.04"/><geom size="0.01" mass="0.01"/></body>',
        other: '<equality><joint joint1="finger_b" joint2="finger_a"/></equality>',
      }),
      seven,
    ],
    [
      "six-antenna.urdf",
      "a fixed antenna with an impossible inertia, a shape of size 0",
      urdf(six, {
        after: `<link name="antenna"><inertial><mass value="0.1"/><inertia ixx="0.1" iyy="0.001" izz="0.001" ixy="0" ixz="0" iyz="0"/></inertial><visual><geometry><box size="0 0 0"/></geometry></visual></link>${fixed("a", "link_0", "antenna", "0 0 0.1")}`,
      }),
      six,
    ],
  ] as const
).map(([file, what, text, joints]) => [file, what, text, joints.map(([name]) => name)] as const);
