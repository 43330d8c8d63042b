// The goal in the 3D view, to be dragged over the table; with Shift up and down.
import * as THREE from "three";
import { meshOf } from "/shapes.js";

const COLOUR = 0x2f9e44;
const PIN_M = 0.12;
const PIN_HEAD_M = 0.011;
const BALL = { kind: "sphere", sizeM: [0.022, 0, 0], rgba: [0, 0, 0, 1], positionM: [0, 0, 0], quaternion: [1, 0, 0, 0] };

export function makeHandle({ canvas, camera, controls, facts, draw, onGoal }) {
  const group = new THREE.Group();
  group.visible = false;
  const material = new THREE.MeshLambertMaterial({ color: COLOUR, opacity: 0.55, transparent: true });
  const rim = new THREE.LineBasicMaterial({ color: COLOUR });
  const ray = new THREE.Raycaster();
  const plane = new THREE.Plane();
  let isHeld = false;

  const dress = (kind) => {
    const mesh = meshOf(kind === "object" && facts.object ? facts.object : BALL, material);
    mesh.position.set(0, 0, 0);
    group.clear();
    group.add(mesh, new THREE.LineSegments(new THREE.EdgesGeometry(mesh.geometry, 30), rim), pin());
  };
  /** What is believed and what is wanted may be of one shape: not by its colour alone is this one told. */
  const pin = () => {
    const ends = [new THREE.Vector3(), new THREE.Vector3(0, 0, PIN_M)];
    const head = new THREE.Mesh(new THREE.SphereGeometry(PIN_HEAD_M, 12, 8), new THREE.MeshBasicMaterial({ color: COLOUR }));
    head.position.copy(ends[1]);
    return new THREE.Line(new THREE.BufferGeometry().setFromPoints(ends), rim).add(head);
  };
  const aim = (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const { clientX, clientY } = event.touches?.[0] ?? event;
    ray.setFromCamera(new THREE.Vector2(((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2), camera);
  };
  const isHit = (event) => {
    aim(event);
    return group.visible && ray.intersectObject(group, true).length > 0;
  };
  const moveTo = (point, isUp) => {
    const { minM, maxM } = facts.workspace;
    const clamp = (value, i) => Math.min(maxM[i], Math.max(minM[i], value));
    const { x, y, z } = group.position;
    group.position.set(isUp ? x : clamp(point.x, 0), isUp ? y : clamp(point.y, 1), isUp ? clamp(point.z, 2) : z);
    draw();
    onGoal(group.position.toArray());
  };

  canvas.addEventListener("touchstart", (event) => isHit(event) && event.preventDefault(), { passive: false });
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (!isHit(event)) return;
      isHeld = true;
      controls.enabled = false;
      canvas.setPointerCapture(event.pointerId);
    },
    { capture: true },
  );
  canvas.addEventListener("pointermove", (event) => {
    if (!isHeld) return;
    aim(event);
    const upright = camera.getWorldDirection(new THREE.Vector3()).setZ(0).normalize();
    plane.setFromNormalAndCoplanarPoint(event.shiftKey ? upright : new THREE.Vector3(0, 0, 1), group.position);
    const point = ray.ray.intersectPlane(plane, new THREE.Vector3());
    if (point) moveTo(point, event.shiftKey);
  });
  for (const type of ["pointerup", "pointercancel"])
    canvas.addEventListener(type, () => {
      isHeld = false;
      controls.enabled = true;
    });

  return {
    group,
    /** Where it is drawn, shares of the canvas from its top left corner. */
    drawnAt() {
      const { x, y } = group.position.clone().project(camera);
      return [(x + 1) / 2, (1 - y) / 2];
    },
    show(kind, positionM) {
      dress(kind);
      group.visible = true;
      if (!isHeld) group.position.set(...positionM);
      draw();
    },
  };
}
