/** Goals, feedbacks and results of every action that crosses ROS, each field set to something that shows when it is lost. */

export interface KnownAction {
  readonly type: string;
  readonly goal: object;
  readonly feedback: readonly object[];
  readonly result: object;
}

const header = (sec: number) => ({ stamp: { sec, nanosec: 123_456_789 }, frame_id: "base" });
const point = (at: number) => ({
  positions: [0.1 * at, -0.2, 0.3],
  velocities: [1, 2, 3],
  accelerations: [-1, -2, -3],
  effort: [0.5],
  time_from_start: { sec: at, nanosec: 5 },
});
const names = ["joint1", "joint2", "joint3"];
const tolerance = { name: "joint2", position: 0.01, velocity: 0.02, acceleration: 0.03 };
const nothing = { positions: [], velocities: [], accelerations: [], effort: [], time_from_start: { sec: 0, nanosec: 0 } };
const multiDof = { joint_names: [], points: [] };
const noDof = { transforms: [], velocities: [], accelerations: [], time_from_start: { sec: 0, nanosec: 0 } };

const follow: KnownAction = {
  type: "control_msgs/action/FollowJointTrajectory",
  goal: {
    trajectory: { header: header(7), joint_names: names, points: [point(1), point(2)] },
    multi_dof_trajectory: { header: header(8), ...multiDof },
    path_tolerance: [tolerance],
    component_path_tolerance: [],
    goal_tolerance: [tolerance, { ...tolerance, name: "joint3" }],
    component_goal_tolerance: [],
    goal_time_tolerance: { sec: 1, nanosec: 500_000_000 },
  },
  feedback: [1, 2, 3].map((at) => ({
    header: header(at),
    joint_names: names,
    desired: point(at),
    actual: point(at + 1),
    error: nothing,
    multi_dof_joint_names: [],
    multi_dof_desired: noDof,
    multi_dof_actual: noDof,
    multi_dof_error: noDof,
  })),
  result: { error_code: -5, error_string: "joint2 is short of its goal, äöü" },
};

const state = (position: number) => ({ header: header(3), name: ["finger"], position: [position], velocity: [0.1], effort: [12] });

const skill: KnownAction = {
  type: "foresight_msgs/action/RunSkill",
  goal: {
    skill: "reach",
    goal_kind: "image",
    position_m: { x: 0.5, y: -0.1, z: 0.2 },
    images: [
      {
        header: header(1),
        height: 2,
        width: 3,
        encoding: "rgb8",
        is_bigendian: 0,
        step: 9,
        data: Uint8Array.from({ length: 18 }, (_, i) => 14 * i),
      },
    ],
    timeout_s: 12.5,
  },
  feedback: [1, 2].map((decisions) => ({
    stamp: header(decisions).stamp,
    state: "acting",
    decisions,
    progress: 0.25 * decisions,
    tool_m: { x: 0.4, y: 0.1, z: 0.2 },
    distance_m: 0.123,
  })),
  result: { outcome: "succeeded", reason: "It is there.", decisions: 40, distance_left_m: 0.004 },
};

export const knownActions: readonly KnownAction[] = [
  follow,
  {
    type: "control_msgs/action/GripperCommand",
    goal: { command: { position: 0.04, max_effort: 25 } },
    feedback: [0.07, 0.05].map((position) => ({ position, effort: 3, stalled: false, reached_goal: false })),
    result: { position: 0.0412, effort: 24.5, stalled: true, reached_goal: false },
  },
  {
    type: "control_msgs/action/ParallelGripperCommand",
    goal: { command: state(0.02) },
    feedback: [0.07, 0.05].map((position) => ({ state: state(position) })),
    result: { state: state(0.02), stalled: false, reached_goal: true },
  },
  skill,
];
