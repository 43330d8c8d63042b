// Where the tool has been, as dashes: the newest stretch of its measured path.
import * as THREE from "three";

const COLOUR = 0x6b4fb0;
/** A dash, and the gap behind it. */
const STEP_M = 0.006;
/** Further than this between two readings is a jump: of a recording, or of another run. */
const JUMP_M = 0.15;
const POINTS_MAX = 240;

export function makeTrail() {
  const geometry = new THREE.BufferGeometry().setAttribute("position", new THREE.Float32BufferAttribute(3 * POINTS_MAX, 3));
  geometry.setDrawRange(0, 0);
  const line = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color: COLOUR }));
  line.frustumCulled = false; // Its bounds change with every reading.
  let points = [];
  return {
    line,
    add(pointM) {
      const apartM = points.length === 0 ? JUMP_M : points.at(-1).distanceTo(pointM);
      if (apartM < STEP_M) return;
      if (apartM >= JUMP_M) points = [];
      points.push(pointM.clone());
      if (points.length > POINTS_MAX) points.splice(0, 2); // In pairs, so that dashes stay dashes.
      geometry.setFromPoints(points);
      geometry.setDrawRange(0, points.length);
    },
  };
}
