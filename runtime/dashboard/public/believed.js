// The object where it is believed to be; in the hand it goes with the tool between one decision and the next.
import * as THREE from "three";
import { meshOf } from "/shapes.js";

const COLOUR = 0xe8590c;
const HELD_COLOUR = 0x7e3fb3;
/** Further from the tool point it is not what the fingers hold. */
const IN_HAND_M = 0.06;

/** `object` is its shape, null where nobody knows it: then nothing is drawn. */
export function makeBelieved(object) {
  const group = new THREE.Group();
  const mesh = object && meshOf(object);
  const rim = new THREE.LineBasicMaterial({ color: COLOUR });
  if (mesh) group.add(mesh.add(new THREE.LineSegments(new THREE.EdgesGeometry(mesh.geometry), rim)));
  group.visible = false;
  let fromToolM = null;
  return {
    group,
    put(objectM, toolM) {
      group.visible = mesh !== null;
      group.position.set(...objectM);
      fromToolM = group.position.clone().sub(new THREE.Vector3(...toolM));
    },
    /** The tool is here now. */
    carry(toolM, isHolding) {
      const isInHand = isHolding && fromToolM !== null && fromToolM.length() < IN_HAND_M;
      rim.color.set(isInHand ? HELD_COLOUR : COLOUR);
      if (isInHand) group.position.copy(toolM).add(fromToolM);
    },
  };
}
