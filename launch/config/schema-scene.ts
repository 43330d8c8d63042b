/** What stands in front of a simulated arm, in a launch file: table, loose and fixed things, lights, and the area that tasks use. */
import * as z from "zod";
import { defaultLights, defaultObject, defaultScene, defaultTableTop } from "../../runtime/core/scene.ts";
import { defaultTable } from "../../runtime/core/table.ts";
import { defaultWorkArea } from "../../runtime/core/work-area.ts";
import { about, vec3 } from "./schema-terms.ts";

const unit = z.number().min(0).max(1);
const rgb = z.tuple([unit, unit, unit]);
const rgbAs = (fallback: readonly [number, number, number]) => rgb.default([...fallback]).meta(about("Red, green, blue (unit-free, 0..1)"));
const friction = z
  .number()
  .min(0)
  .max(2)
  .default(defaultTableTop.friction)
  .meta(about("Sliding friction coefficient; of two things that touch the larger counts (unit-free)"));
const sideM = z.number().min(0.005).max(2);
const yawRad = z.number().min(-Math.PI).max(Math.PI).default(0);
const range = (fallback: readonly [number, number]) =>
  z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, "the first must be below the second")
    .default([...fallback]);

const shape = z
  .discriminatedUnion("kind", [
    z
      .strictObject({
        kind: z.literal("box").meta(about("A box")),
        sizeM: z.tuple([sideM, sideM, sideM]).meta(about("Length along x, y and z before it is turned [m]")),
      })
      .meta(about("A box")),
    z
      .strictObject({
        kind: z.literal("cylinder").meta(about("An upright cylinder")),
        radiusM: sideM.meta(about("Radius [m]")),
        heightM: sideM.meta(about("Height [m]")),
      })
      .meta(about("An upright cylinder")),
    z.strictObject({ kind: z.literal("ball").meta(about("A ball")), radiusM: sideM.meta(about("Radius [m]")) }).meta(about("A ball")),
  ])
  .meta(about("box, cylinder or ball"));

const place = {
  centreM: z
    .tuple([z.number().min(-3).max(3), z.number().min(-3).max(3)])
    .meta(about("Where its centre is, x, y as in scene.area: in the robot's base frame for a table at its default place [m]")),
  yawRad: yawRad.meta(about("Turned by this about the vertical [rad]")),
};
const stand = {
  ...place,
  liftM: z.number().min(0).max(2).default(0).meta(about("Its lowest point is this far above the table top [m]")),
};

/** Things by name; as many as a table holds. */
const named = <T extends z.ZodType>(thing: T, most: number) =>
  z
    .record(
      z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, "a small letter, then small letters, digits, dash and underscore, at most 32"),
      thing,
    )
    .refine((things) => Object.keys(things).length <= most, `at most ${most} of them`);

const object = z.strictObject({
  shape: shape.prefault({ kind: "box", sizeM: [0.05, 0.05, 0.05] }),
  massKg: z.number().positive().max(5).default(defaultObject.massKg).meta(about("Mass [kg]")),
  friction,
  rgb: rgbAs(defaultObject.rgb),
  at: z.strictObject(place).optional().meta(about("Where every trial begins with it; left out: each trial draws a place")),
});

const GREY = [0.45, 0.47, 0.5] as const;

const light = z.strictObject({
  positionM: vec3.meta(about("Where it is, x, y, z in the robot's base frame for a table at its default place [m]")),
  direction: vec3
    .refine((way) => way.some((part) => part !== 0), "must not be zero")
    .default([0, 0, -1])
    .meta(about("Where it shines to, x, y, z of any length (unit-free)")),
  strength: z.number().min(0).max(3).default(0.5).meta(about("Added where it falls at a right angle (unit-free)")),
  isDirectional: z.boolean().default(true).meta(about("Parallel light from far away; else a lamp")),
  castsShadow: z.boolean().default(false).meta(about("For renderers that draw shadows; our own draws none")),
});

const table = z.strictObject({
  centreM: z
    .tuple([z.number().min(-2).max(2), z.number().min(-2).max(2)])
    .default([...defaultTable.centreM])
    .meta(about("Centre of the table top, x, y in the robot's base frame [m]")),
  yawRad: yawRad.meta(about("The table is turned by this about the vertical, as seen from the robot's base [rad]")),
  sizeM: z
    .tuple([sideM, sideM])
    .default([...defaultTableTop.sizeM])
    .meta(about("Length along x and y before it is turned [m]")),
  rgb: rgbAs(defaultTableTop.rgb),
  friction,
});

const area = z.strictObject({
  xM: range(defaultWorkArea.xM).meta(about("Smallest and largest x in the robot's base frame [m]")),
  yM: range(defaultWorkArea.yM).meta(about("Smallest and largest y in the robot's base frame [m]")),
  heightM: range(defaultWorkArea.heightM).meta(
    about("Lowest and highest tool point of a reach above the table [m]; above what lies there"),
  ),
});

const share = (fallback: number) => z.number().min(0).max(3).default(fallback);

/** Checked and complete it is a SceneSpec. */
export const sceneSchema = z
  .strictObject({
    tableSurfaceM: z
      .number()
      .min(-0.3)
      .max(0.3)
      .default(defaultScene.tableSurfaceM)
      .meta(about("Height of the table top in the robot's base frame [m]")),
    table: table
      .optional()
      .meta(
        about(
          "Where the arm's base stands at the table, said as where the table is seen from the base; things, goals and play move with it. Left out: [0.45, 0], not turned",
        ),
      ),
    objects: named(object, 16)
      .prefault({ cube: {} })
      .meta(about("Loose things by name; the first is the one that tasks are about. Left out: one red cube")),
    obstacles: named(z.strictObject({ shape, rgb: rgbAs(GREY), friction, ...stand }), 32)
      .default({})
      .meta(about("Fixed things by name, which arm and loose things run into; guards.keepOut keeps the tool away from them")),
    bins: named(
      z.strictObject({
        insideM: z.tuple([sideM, sideM, sideM]).meta(about("What fits in, along x, y and z before it is turned [m]")),
        wallM: z.number().min(0.002).max(0.05).default(0.005).meta(about("Thickness of floor and walls [m]")),
        rgb: rgbAs(GREY),
        friction,
        ...stand,
      }),
      8,
    )
      .default({})
      .meta(about("Fixed boxes by name, open above")),
    occluders: named(z.strictObject({ shape, rgb: rgbAs(GREY), ...stand }), 16)
      .default({})
      .meta(about("Fixed things by name that hide from cameras what is behind them, and touch nothing")),
    lights: named(light, 8)
      .default({
        key: { ...defaultLights.key, positionM: [...defaultLights.key.positionM], direction: [...defaultLights.key.direction] },
        fill: { ...defaultLights.fill, positionM: [...defaultLights.fill.positionM], direction: [...defaultLights.fill.direction] },
      })
      .meta(about("Lights by name. Left out: those that the shipped models were trained under")),
    ambientLight: share(defaultScene.ambientLight).meta(about("Light of every place alike (unit-free)")),
    cameraLight: share(defaultScene.cameraLight).meta(about("Light from where the camera is (unit-free)")),
    lightScale: share(defaultScene.lightScale).meta(about("Multiplies every light (unit-free, 1 is as trained)")),
    area: area.prefault({}).meta(about("Where starts and goals are put, and the tool plays")),
  })
  .superRefine(({ objects, obstacles, bins, occluders }, context) => {
    const taken = new Set(["table", "floor"]);
    for (const [kind, things] of Object.entries({ objects, obstacles, bins, occluders })) {
      for (const name of Object.keys(things)) {
        if (taken.has(name)) context.addIssue({ code: "custom", path: [kind, name], message: `"${name}" is the name of another thing` });
        taken.add(name);
      }
    }
  })
  .meta(about("What stands in front of the arm: what differs from the default scene"));
