// MuJoCo's shapes as three.js draws them: half sizes, round things along z, quaternions with w first.
import * as THREE from "three";

const UPRIGHT = new THREE.Matrix4().makeRotationX(Math.PI / 2); // Three's capsules and cylinders stand along y.

function geometryOf({ kind, sizeM: [a, b, c] }) {
  switch (kind) {
    case "box":
      return new THREE.BoxGeometry(2 * a, 2 * b, 2 * c);
    case "sphere":
      return new THREE.SphereGeometry(a, 20, 14);
    case "ellipsoid":
      return new THREE.SphereGeometry(1, 20, 14).scale(a, b, c);
    case "capsule":
      return new THREE.CapsuleGeometry(a, 2 * b, 6, 18).applyMatrix4(UPRIGHT);
    case "cylinder":
      return new THREE.CylinderGeometry(a, a, 2 * b, 24).applyMatrix4(UPRIGHT);
    default:
      return null; // A plane has no end: the table is drawn as such.
  }
}

/** Null for what is not drawn. `material` replaces the shape's own colour. */
export function meshOf(shape, material) {
  const geometry = geometryOf(shape);
  if (geometry === null) return null;
  const [r, g, b, opacity] = shape.rgba;
  const colour = new THREE.Color().setRGB(r, g, b, THREE.SRGBColorSpace);
  const mesh = new THREE.Mesh(geometry, material ?? new THREE.MeshLambertMaterial({ color: colour, opacity, transparent: opacity < 1 }));
  place(mesh, shape);
  return mesh;
}

export function place(thing, { positionM, quaternion: [w, x, y, z] }) {
  thing.position.set(...positionM);
  thing.quaternion.set(x, y, z, w);
}

/** A box between two corners: its edges, and a body that shines through where `opacity` is given. */
export function boxOf({ minM, maxM }, colour, opacity = 0) {
  const size = maxM.map((value, i) => value - minM[i]);
  const box = new THREE.Group();
  const geometry = new THREE.BoxGeometry(...size);
  box.add(new THREE.LineSegments(new THREE.EdgesGeometry(geometry), new THREE.LineBasicMaterial({ color: colour })));
  if (opacity > 0)
    box.add(new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ color: colour, opacity, transparent: true, depthWrite: false })));
  box.position.set(...minM.map((value, i) => value + size[i] / 2));
  return box;
}
