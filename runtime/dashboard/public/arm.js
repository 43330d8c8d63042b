// The arm of the 3D view: its bodies in a tree, posed by joint positions as MuJoCo poses them.
import * as THREE from "three";
import { meshOf, place } from "/shapes.js";

export function makeArm({ bodies, tool }) {
  const arm = new THREE.Group();
  const parts = bodies.map((body, index) => {
    const node = new THREE.Group();
    node.matrixAutoUpdate = false;
    for (const shape of body.shapes) {
      const mesh = meshOf(shape);
      if (mesh) node.add(mesh);
    }
    const frame = new THREE.Group();
    place(frame, body);
    frame.updateMatrix();
    return { node, frame: frame.matrix, joints: body.joints, parent: index === 0 ? null : body.parent };
  });
  for (const { node, parent } of parts) (parent === null ? arm : parts[parent].node).add(node);

  /** `openShare` is of the gripper's range, 0..1; what is not given stays as it was. */
  let openShare = 0;
  const pose = (positionRad, share = openShare) => {
    openShare = share;
    for (const { node, frame, joints } of parts) {
      node.matrix.copy(frame);
      for (const joint of joints) {
        const position = positionOf(joint, positionRad, share);
        if (position !== null) node.matrix.multiply(motion(joint, position));
      }
    }
    arm.updateMatrixWorld(true);
  };
  pose(new Proxy({}, { get: () => 0 })); // Somewhere, before anything was measured.
  return {
    arm,
    pose,
    /** Where a body is as the arm is posed now. */
    bodyM: (index) => new THREE.Vector3().setFromMatrixPosition(parts[index].node.matrixWorld),
    /** The tool point as the arm is posed now. */
    toolM: () => new THREE.Vector3(...tool.positionM).applyMatrix4(parts[tool.body].node.matrixWorld),
  };
}

/** Null where it stays at its reference. */
function positionOf({ index, finger }, positionRad, openShare) {
  if (finger) return finger[0] + openShare * (finger[1] - finger[0]);
  return index === null ? null : positionRad[index];
}

/** What a joint at this position does to everything behind it, in its body's frame. */
function motion({ kind, axis, positionM, reference }, position) {
  const along = new THREE.Vector3(...axis);
  const moved = position - reference;
  if (kind === "slide") return new THREE.Matrix4().makeTranslation(along.multiplyScalar(moved));
  const [x, y, z] = positionM;
  return new THREE.Matrix4()
    .makeTranslation(x, y, z)
    .multiply(new THREE.Matrix4().makeRotationAxis(along, moved))
    .multiply(new THREE.Matrix4().makeTranslation(-x, -y, -z));
}
