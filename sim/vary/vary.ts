/** How each trial's world may differ from what the launch file says: drawn from the trial's seed, so that its start and the picture of its goal share it. */
import { createRng, type Rng } from "../../runtime/core/rng.ts";
import { defaultTableTop, type Rgb, type SceneSpec } from "../../runtime/core/scene.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { defaultTable } from "../../runtime/core/table.ts";
import type { Vec3 } from "../../runtime/core/vec3.ts";
import { type Bodies, drawShape } from "./bodies.ts";
import { hsvOf, rgbOf } from "./colour.ts";
import { drawDirection, turnedAnyhow } from "./directions.ts";

/** Shares are of what the launch file says: 0.2 draws from 80 to 120 % of it. */
export interface Vary {
  /** Another number is another draw for the same trials; absent: 0. What moves, and where, is the same in all. */
  readonly take?: number | undefined;
  /** Of loose things. told: as the launch file says; seen: any but the held-out ones; held-out: one of those alone. */
  readonly hues: "told" | "seen" | "held-out";
  /** From one hue up to another, radians: never shown while it learns, so that it can be judged by them. */
  readonly heldOutHueRad: readonly [number, number];
  /** Shapes and sizes of loose things; absent: as the launch file says. */
  readonly bodies?: Bodies | undefined;
  /** Of the colours of loose things. */
  readonly saturationShare: number;
  readonly valueShare: number;
  /** Of how bright table and robot are. */
  readonly tableShare: number;
  readonly robotShare: number;
  /** Of all lights together. */
  readonly lightShare: number;
  /** Each light shines from a direction turned by at most this about any axis, radians. */
  readonly lightTurnRad: number;
  /** Each camera stands at most so far away, metres, and looks at most so far aside, radians. */
  readonly cameraShiftM: number;
  readonly cameraTurnRad: number;
}

/** What a simulator shows. */
export interface Shown {
  readonly scene: SceneSpec;
  readonly cameras: readonly CameraSpec[];
  /** Multiplies the colours of the robot, unit-free; 1 is as its model says. */
  readonly robotShade: number;
}

/** Chances of their own: a range that is changed leaves the other draws as they were. */
const LABEL = { bodies: 0x79, look: 0x7a, things: 0, table: 1, robot: 2, light: 3, cameras: 4 } as const;

/** The world of a seed. */
export function varied({ scene, cameras }: Pick<Shown, "scene" | "cameras">, vary: Vary, seed: number): Shown {
  const rng = createRng(seed).fork(LABEL.look + (vary.take ?? 0));
  const shaped = variedBodies(scene, vary, seed);
  return {
    scene: { ...shaped, ...lit(scene, vary, rng.fork(LABEL.light)), ...painted(shaped, vary, rng) },
    cameras: cameras.map((camera, i) => moved(camera, vary, rng.fork(LABEL.cameras + i))),
    robotShade: around(rng.fork(LABEL.robot), vary.robotShare),
  };
}

/** What of the world of a seed is more than how it looks: the trials of a scene depend on it. */
export function variedBodies(scene: SceneSpec, { bodies }: Vary, seed: number): SceneSpec {
  if (!bodies) return scene;
  const rng = createRng(seed).fork(LABEL.bodies);
  const drawn = Object.entries(scene.objects).map(([name, object]) => [name, { ...object, shape: drawShape(rng, bodies) }] as const);
  return { ...scene, objects: Object.fromEntries(drawn) };
}

function painted({ objects, table }: SceneSpec, vary: Vary, rng: Rng): Pick<SceneSpec, "objects" | "table"> {
  const things = rng.fork(LABEL.things);
  const shade = around(rng.fork(LABEL.table), vary.tableShare);
  const { rgb } = { ...defaultTableTop, ...table };
  return {
    objects: Object.fromEntries(
      Object.entries(objects).map(([name, object]) => [name, { ...object, rgb: drawRgb(things, object.rgb, vary) }]),
    ),
    table: { ...defaultTable, ...table, rgb: shaded(rgb, shade) },
  };
}

function drawRgb(rng: Rng, rgb: Rgb, { hues, heldOutHueRad, saturationShare, valueShare }: Vary): Rgb {
  const { hueRad, saturation, value } = hsvOf(rgb);
  const drawnRad = drawHueRad(rng, hues === "held-out" ? heldOutHueRad : others(heldOutHueRad));
  return rgbOf({
    hueRad: hues === "told" ? hueRad : drawnRad,
    saturation: Math.min(1, saturation * around(rng, saturationShare)),
    value: Math.min(1, value * around(rng, valueShare)),
  });
}

const drawHueRad = (rng: Rng, [from, to]: readonly [number, number]): number => rng.between(from, to) % (2 * Math.PI);
/** The rest of the circle. */
const others = ([from, to]: readonly [number, number]): readonly [number, number] => [to, from + 2 * Math.PI];

const lit = (
  { lights, lightScale }: SceneSpec,
  { lightShare, lightTurnRad }: Vary,
  rng: Rng,
): Pick<SceneSpec, "lights" | "lightScale"> => ({
  lightScale: lightScale * around(rng, lightShare),
  lights: Object.fromEntries(
    Object.entries(lights).map(([name, light]) => [name, { ...light, direction: turnedAnyhow(rng, light.direction, lightTurnRad) }]),
  ),
});

/** Anywhere in a ball around where it was; its picture stays upright. */
function moved(camera: CameraSpec, { cameraShiftM, cameraTurnRad }: Vary, rng: Rng): CameraSpec {
  const { positionM: fromM, targetM } = camera;
  const shiftM = drawDirection(rng);
  const awayM = cameraShiftM * Math.cbrt(rng.uniform());
  const positionM: Vec3 = [fromM[0] + awayM * shiftM[0], fromM[1] + awayM * shiftM[1], fromM[2] + awayM * shiftM[2]];
  const look = turnedAnyhow(rng, [targetM[0] - fromM[0], targetM[1] - fromM[1], targetM[2] - fromM[2]], cameraTurnRad);
  return { ...camera, positionM, targetM: [positionM[0] + look[0], positionM[1] + look[1], positionM[2] + look[2]] };
}

const shaded = (rgb: Rgb, shade: number): Rgb => [Math.min(1, rgb[0] * shade), Math.min(1, rgb[1] * shade), Math.min(1, rgb[2] * shade)];

/** 1, give or take a share. */
const around = (rng: Rng, share: number): number => rng.between(1 - share, 1 + share);
