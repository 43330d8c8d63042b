// The 3D view: the arm as measured, the motion that was sent, the path it imagines, the goal, the object as believed, and where it may not go.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { makeArm } from "/arm.js";
import { makeBelieved } from "/believed.js";
import { makeHandle } from "/goal-handle.js";
import { boxOf, meshOf } from "/shapes.js";
import { makeTrail } from "/trail.js";

const COLOURS = {
  planned: 0x1d63c4,
  imagined: 0x0fa890,
  bead: 0xffd23e,
  keepOut: 0xc62f2b,
  workspace: 0x7a8799,
  table: 0xb9ad97,
};
const PATH_RADIUS_M = 0.003;
const BEAD_RADIUS_M = 0.007;
const REST_MS_MAX = 2000;
const QUICK_MS = 20;

/** Draws when something changed and the view is in sight, never otherwise: standing still costs nothing. */
export function makeView(canvas, sceneFacts, gripperShare, onGoal) {
  const isSlow = drawsInSoftware();
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: !isSlow, alpha: true });
  renderer.setPixelRatio(isSlow ? 1 : Math.min(devicePixelRatio, 2));
  const scene = new THREE.Scene();
  scene.add(new THREE.HemisphereLight(0xffffff, 0x667788, 2.2));
  const sun = new THREE.DirectionalLight(0xffffff, 1.6);
  sun.position.set(1.5, -1.5, 3);
  scene.add(sun);

  const { arm, pose, toolM } = makeArm(sceneFacts);
  scene.add(arm, surroundings(sceneFacts));
  const believed = makeBelieved(sceneFacts.object);
  scene.add(believed.group);
  const planned = makePath(COLOURS.planned, false);
  const imagined = makePath(COLOURS.imagined, true);
  const trail = makeTrail();
  scene.add(planned.group, imagined.group, trail.line);

  const camera = new THREE.PerspectiveCamera(40, 1, 0.01, 20);
  camera.up.set(0, 0, 1);
  const middle = sceneFacts.workspace.minM.map((value, i) => (value + sceneFacts.workspace.maxM[i]) / 2);
  const target = new THREE.Vector3(middle[0] * 0.7, middle[1], 0.2);
  const reach = Math.max(0.4, Math.hypot(...sceneFacts.workspace.maxM));
  camera.position.copy(target).add(new THREE.Vector3(1.0, -1.25, 0.75).multiplyScalar(reach));
  const controls = new OrbitControls(camera, canvas);
  controls.target.copy(target);
  controls.update();
  canvas.style.touchAction = "pan-y"; // A finger that goes up and down scrolls the page.

  let isDue = false;
  let isStale = false;
  let isSeen = true;
  let restMs = 0;
  const draw = () => {
    isStale = isDue;
    if (isDue || !isSeen) return;
    isDue = true;
    setTimeout(() => requestAnimationFrame(render), restMs);
  };
  /** Rests four times as long as the picture took: on a computer without a graphics card the rest of the page stays quick. */
  const render = (startMs) => {
    isStale = false;
    renderer.render(scene, camera);
    canvas.dataset.goalAt = handle.drawnAt().join(" ");
    const gl = renderer.getContext();
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const look = () => {
      const tookMs = performance.now() - startMs;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED && tookMs < REST_MS_MAX) return setTimeout(look, 8);
      gl.deleteSync(fence);
      restMs = Math.min(REST_MS_MAX, 4 * Math.max(0, tookMs - QUICK_MS));
      isDue = false;
      return isStale ? draw() : undefined;
    };
    setTimeout(look, 8);
  };
  controls.addEventListener("change", draw);
  new IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    draw();
  }).observe(canvas);
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    renderer.setSize(width, height, false);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    draw();
  }).observe(canvas);

  const handle = makeHandle({ canvas, camera, controls, facts: sceneFacts, draw, onGoal });
  scene.add(handle.group);
  let measuredRad = null;
  canvas.dataset.meshes = String(countMeshes(scene));
  return {
    joints({ positionRad, gripper }) {
      measuredRad = positionRad;
      pose(positionRad, gripper ? gripperShare(gripper.openingM) : undefined);
      trail.add(toolM());
      believed.carry(toolM(), gripper?.isHolding ?? false);
      draw();
    },
    tick({ toolM: from, imaginedM, plannedRad, objectM }) {
      imagined.show([from, ...imaginedM]);
      planned.show(
        plannedRad.map((positionRad) => {
          pose(positionRad);
          return toolM().toArray();
        }),
      );
      if (measuredRad) pose(measuredRad);
      if (objectM) believed.put(objectM, from);
      draw();
    },
    toolM: () => toolM().toArray(),
    /** Where the object would lie under this place. */
    onTable: ([x, y]) => [x, y, sceneFacts.tableZM + (sceneFacts.object?.sizeM.at(sceneFacts.object.kind === "cylinder" ? 1 : -1) || 0.02)],
    handle,
  };
}

/** No graphics card, or none that the browser trusts. */
function drawsInSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software/i.test(name);
}

/** Table, workspace, what may not be entered, and what stands there. */
function surroundings({ tableZM, workspace, keepOut, fixed }) {
  const group = new THREE.Group();
  const table = new THREE.Mesh(new THREE.BoxGeometry(1.24, 1.2, 0.01), new THREE.MeshLambertMaterial({ color: COLOURS.table }));
  table.position.set(0.45, 0, tableZM - 0.006);
  const grid = new THREE.GridHelper(1.2, 12, 0x8a7f6c, 0xa69b86);
  grid.rotateX(Math.PI / 2);
  grid.position.set(0.45, 0, tableZM + 0.0005);
  group.add(table, grid, boxOf(workspace, COLOURS.workspace));
  for (const box of keepOut) group.add(boxOf(box, COLOURS.keepOut, 0.28));
  for (const shape of fixed) group.add(meshOf(shape));
  return group;
}

/** A path through points; beads mark each step of one. */
function makePath(colour, hasBeads) {
  const group = new THREE.Group();
  const lineMaterial = new THREE.MeshBasicMaterial({ color: colour });
  const beadMaterial = new THREE.MeshBasicMaterial({ color: COLOURS.bead });
  const bead = new THREE.SphereGeometry(BEAD_RADIUS_M, 10, 8);
  return {
    group,
    show(pointsM) {
      for (const child of group.children) if (child.geometry !== bead) child.geometry.dispose();
      group.clear();
      const points = pointsM.map((point) => new THREE.Vector3(...point));
      const apart = points.filter((point, i) => i === 0 || point.distanceTo(points[i - 1]) > 1e-5);
      if (apart.length < 2) return;
      const curve = new THREE.CatmullRomCurve3(apart);
      group.add(new THREE.Mesh(new THREE.TubeGeometry(curve, 8 * apart.length, PATH_RADIUS_M, 6), lineMaterial));
      if (!hasBeads) return;
      for (const point of apart.slice(1)) {
        const mark = new THREE.Mesh(bead, beadMaterial);
        mark.position.copy(point);
        group.add(mark);
      }
    },
  };
}

function countMeshes(scene) {
  let count = 0;
  scene.traverse((thing) => {
    if (thing.isMesh) count++;
  });
  return count;
}
