/** The servos of an SO-101, leader or follower: their numbers on the bus as LeRobot gives them, and where a joint's stops are. */

/** In the order of the cable. */
export const so101ServoIds = {
  shoulder_pan: 1,
  shoulder_lift: 2,
  elbow_flex: 3,
  wrist_flex: 4,
  wrist_roll: 5,
  gripper: 6,
} as const;

/** TheRobotStudio/SO-ARM100, so101_new_calib.xml: each joint's own range, whose middle is its zero; the jaw from closed to open. */
export const so101StopsRad: Readonly<Record<keyof typeof so101ServoIds, readonly [number, number]>> = {
  shoulder_pan: [-1.91986, 1.91986],
  shoulder_lift: [-1.74533, 1.74533],
  elbow_flex: [-1.69, 1.69],
  wrist_flex: [-1.65806, 1.65806],
  wrist_roll: [-2.79253, 2.79253],
  gripper: [-0.174533, 1.74533],
};
