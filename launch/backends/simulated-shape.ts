/** What every simulated world has in a launch file, whoever simulates it. */
import * as z from "zod";
import { about, name, seed } from "../config/schema-terms.ts";

const colour = z.number().min(0).max(1);

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, "the first must be below the second");
const workArea = z.strictObject({
  xM: range.default([0.38, 0.62]).meta(about("Smallest and largest x in the robot's base frame [m]")),
  yM: range.default([-0.2, 0.2]).meta(about("Smallest and largest y in the robot's base frame [m]")),
  heightM: range.default([0.09, 0.28]).meta(about("Lowest and highest tool point of a reach above the table [m]; above the cube")),
});

export const simulatedShape = {
  mode: z
    .enum(["realtime", "lockstep"])
    .default("realtime")
    .meta(about("realtime: the world goes on while the agent thinks; lockstep: it waits, and the same seed gives the same bytes")),
  episode: name
    .optional()
    .meta(about("Whose starts and goals are drawn, the name of a skill; left out: of the task's first skill that has any")),
  sceneSeed: seed.default(1).meta(about("Seed of the start and the goal")),
  cameraRateHz: z.number().min(1).max(60).default(20).meta(about("Pictures a second of each camera, in realtime [Hz]")),
  latencyMs: z
    .number()
    .min(0)
    .max(500)
    .default(0)
    .meta(about("In lockstep: pretended time from a picture to the effect of the decision on it [ms]")),
  scene: z
    .strictObject({
      cubeEdgeM: z.number().min(0.02).max(0.1).default(0.05).meta(about("Edge of the cube [m]")),
      cubeRgb: z
        .tuple([colour, colour, colour])
        .default([0.85, 0.2, 0.12])
        .meta(about("Colour of the cube: red, green, blue (unit-free, 0..1)")),
      tableSurfaceM: z.number().min(-0.3).max(0.3).default(0).meta(about("Height of the table top in the robot's base frame [m]")),
      table: z
        .strictObject({
          centreM: z
            .tuple([z.number().min(-2).max(2), z.number().min(-2).max(2)])
            .default([0.45, 0])
            .meta(about("Centre of the table top, x, y in the robot's base frame [m]")),
          yawRad: z
            .number()
            .min(-Math.PI)
            .max(Math.PI)
            .default(0)
            .meta(about("The table is turned by this about the vertical, as seen from the robot's base [rad]")),
        })
        .optional()
        .meta(
          about(
            "Where the arm's base stands at the table, said as where the table is seen from the base; cubes, goals and play move with it. Left out: [0.45, 0], not turned",
          ),
        ),
      cubeMassKg: z.number().positive().max(5).default(0.12).meta(about("Mass of the cube [kg]")),
      cubeFriction: z.number().min(0).max(2).default(0.7).meta(about("Sliding friction coefficient of the cube (unit-free)")),
      area: workArea.prefault({}).meta(about("Where starts and goals are put, and the tool plays")),
      lightScale: z.number().min(0).max(3).default(1).meta(about("Multiplies every light (unit-free, 1 is as trained)")),
    })
    .prefault({})
    .meta(about("What differs from the default scene")),
};
