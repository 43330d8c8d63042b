/** What stands in front of the arm, as data: the same for physics, cameras and every world that is exported. Things are named; names are unique in a scene. */
import type { Shape } from "./shape.ts";
import type { TablePose } from "./table.ts";
import type { Vec3 } from "./vec3.ts";
import { defaultWorkArea, type WorkArea } from "./work-area.ts";

type Named<T> = Readonly<Record<string, T>>;
export type Rgb = readonly [number, number, number];

export interface SceneSpec {
  /** Base frame. */
  readonly tableSurfaceM: number;
  /** Where the table stands, and with it everything on it; absent: `defaultTable`. */
  readonly table?: (TablePose & Partial<TableTop>) | undefined;
  /** Loose; the first is the one that tasks are about. */
  readonly objects: Named<SceneObject>;
  /** Fixed; arm and objects run into them. */
  readonly obstacles: Named<Obstacle>;
  /** Fixed, open above. */
  readonly bins: Named<Bin>;
  /** Fixed; they hide from cameras what is behind them, and touch nothing. */
  readonly occluders: Named<Occluder>;
  readonly lights: Named<SceneLight>;
  /** Light of every place alike, and light from where the camera is, unit-free. */
  readonly ambientLight: number;
  readonly cameraLight: number;
  /** Multiplies every light, unit-free; 1 is as trained. */
  readonly lightScale: number;
  /** Where things are put and the tool goes. */
  readonly area: WorkArea;
}

export interface TableTop {
  /** Along x and y of the layout. */
  readonly sizeM: readonly [number, number];
  readonly rgb: Rgb;
  readonly friction: number;
}

/** Where a thing stands: layout frame, in which the table is at `defaultTable`; on the table, or above it. */
export interface Stand {
  readonly centreM: readonly [number, number];
  /** About the vertical. */
  readonly yawRad: number;
  /** From the table top to its lowest point. */
  readonly liftM: number;
}

export interface SceneObject {
  readonly shape: Shape;
  readonly massKg: number;
  /** Sliding friction coefficient, unit-free; of a pair the larger counts. */
  readonly friction: number;
  readonly rgb: Rgb;
  /** Where every trial begins with it; absent: each trial draws a place. */
  readonly at?: Omit<Stand, "liftM"> | undefined;
}

export interface Occluder extends Stand {
  readonly shape: Shape;
  readonly rgb: Rgb;
}

export interface Obstacle extends Occluder {
  readonly friction: number;
}

export interface Bin extends Stand {
  /** Of what fits in: along x and y of the layout before it is turned, and up. */
  readonly insideM: Vec3;
  readonly wallM: number;
  readonly rgb: Rgb;
  readonly friction: number;
}

/** Layout frame. */
export interface SceneLight {
  readonly positionM: Vec3;
  /** Where it shines to, of any length. */
  readonly direction: Vec3;
  /** Added where it falls at a right angle, unit-free. */
  readonly strength: number;
  /** Parallel light from far away, or a lamp. */
  readonly isDirectional: boolean;
  /** For renderers that draw shadows; our own draws none. */
  readonly castsShadow: boolean;
}

export const defaultTableTop: TableTop = { sizeM: [1.24, 1.2], rgb: [0.62, 0.58, 0.5], friction: 0.7 };

export const defaultObject: SceneObject = {
  shape: { kind: "box", sizeM: [0.05, 0.05, 0.05] },
  massKg: 0.12,
  friction: 0.7,
  rgb: [0.85, 0.2, 0.12],
};

export const defaultLights = {
  key: { positionM: [0.6, -0.6, 1.6], direction: [-0.25, 0.45, -1], strength: 0.5, isDirectional: true, castsShadow: true },
  fill: { positionM: [1.4, 0.8, 1.4], direction: [-0.7, -0.5, -0.8], strength: 0.25, isDirectional: true, castsShadow: false },
} as const satisfies Named<SceneLight>;

/** One red cube: what every shipped model was trained with. */
export const defaultScene: SceneSpec = {
  tableSurfaceM: 0,
  objects: { cube: defaultObject },
  obstacles: {},
  bins: {},
  occluders: {},
  lights: defaultLights,
  ambientLight: 0.35,
  cameraLight: 0.15,
  lightScale: 1,
  area: defaultWorkArea,
};
