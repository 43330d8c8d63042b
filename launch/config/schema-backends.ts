/** What stands for the robot in a launch file: a simulator, Gazebo, ROS 2 or a recording; every key with its unit, its default and its bounds. */
import * as z from "zod";
import { rosBackendShape } from "../../runtime/bridge/ros2/config.ts";
import { about, seed, vec3 } from "./schema-terms.ts";

const colour = z.number().min(0).max(1);

const range = z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, "the first must be below the second");
const workArea = z.strictObject({
  xM: range.default([0.38, 0.62]).meta(about("Smallest and largest x in the robot's base frame [m]")),
  yM: range.default([-0.2, 0.2]).meta(about("Smallest and largest y in the robot's base frame [m]")),
  heightM: range.default([0.09, 0.28]).meta(about("Lowest and highest tool point of a reach above the table [m]; above the cube")),
});

/** What every simulated world has, whoever simulates it. */
const simulated = {
  mode: z
    .enum(["realtime", "lockstep"])
    .default("realtime")
    .meta(about("realtime: the world goes on while the agent thinks; lockstep: it waits, and the same seed gives the same bytes")),
  episode: z.enum(["push", "reach"]).default("push").meta(about("Which starts and goals are drawn")),
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

const simBackend = z
  .strictObject({
    kind: z.literal("sim").meta(about("The embedded MuJoCo simulator")),
    ...simulated,
    cameraSupersample: z.int().min(1).max(4).default(2).meta(about("Samples along each edge of a pixel (count)")),
    knocked: z
      .strictObject({
        shiftM: vec3.default([0, 0, 0]).meta(about("Every camera stands this far from where the launch file says, x, y, z [m]")),
        turnRad: z.number().min(-0.5).max(0.5).default(0).meta(about("and is turned by this about the vertical [rad]")),
      })
      .prefault({})
      .meta(about("A camera that somebody knocked against: the agent does not know")),
  })
  .meta(about("A simulated robot on a table with a cube"));

const gazeboBackend = z
  .strictObject({
    kind: z.literal("gazebo").meta(about("Gazebo over gz-transport: one that runs, or one started here with the exported scene")),
    ...simulated,
    partition: z
      .string()
      .max(200)
      .nullable()
      .default(null)
      .meta(about("GZ_PARTITION (IGN_PARTITION) of the Gazebo to use; null starts one on a partition of its own")),
    hostIp: z
      .ipv4()
      .default("127.0.0.1")
      .meta(about("Interface that Gazebo is on; anything but 127.x lets every machine of that network command the robot")),
    server: z
      .strictObject({
        command: z
          .array(z.string().min(1))
          .min(1)
          .max(32)
          .nullable()
          .default(null)
          .meta(
            about("Program and options that start a headless server; the world is put behind them. null takes gz or ign from the path"),
          ),
        release: z
          .enum(["fortress", "harmonic"])
          .nullable()
          .default(null)
          .meta(about("Whose plugin names the world uses; harmonic stands for Garden and later. null goes by the command's name")),
      })
      .prefault({})
      .meta(about("How a server is started where none runs")),
    connectTimeoutMs: z
      .number()
      .min(1000)
      .max(600_000)
      .default(60_000)
      .meta(about("For the server to answer, and for arm and cameras to be there [ms]")),
    maxClockSilenceMs: z
      .number()
      .min(100)
      .max(10_000)
      .default(500)
      .meta(about("A simulated clock that stands still for longer is a fault [ms]")),
    maxTrackingRad: z
      .number()
      .min(0.005)
      .max(1)
      .default(0.05)
      .meta(about("A joint further from its command is a fault after maxTrackingMs [rad]")),
    maxTrackingMs: z.number().min(0).max(5000).default(300).meta(about("How long a joint may be off [ms]")),
    minRealTimeFactor: z.number().min(0.05).max(1).default(0.5).meta(about("In realtime: a slower simulation is a fault (unit-free)")),
    drawImagined: z
      .boolean()
      .default(false)
      .meta(
        about(
          "With run: draw the imagined path and the goal into the world, for its cameras and a GUI; the model's cameras see them too, and it was not trained with them",
        ),
      ),
  })
  .meta(about("A robot in Gazebo"));

const ros2Backend = z
  .strictObject({
    kind: z.literal("ros2").meta(about("An arm behind ROS 2: a vendor's driver, ros2_control, or a simulator")),
    ...rosBackendShape,
  })
  .meta(about("A robot on a ROS 2 graph"));

const replayBackend = z
  .strictObject({
    kind: z.literal("replay").meta(about("A recording instead of a robot")),
    path: z
      .string()
      .min(1)
      .meta(about("Recording made by `record`; with ./ or ../ from this file, else from where the command is started")),
  })
  .meta(about("A recorded run: the agent decides again on what was seen, and is held against what was decided"));

export const backendSchema = z
  .discriminatedUnion("kind", [simBackend, gazeboBackend, ros2Backend, replayBackend])
  .meta(about("What stands for the robot: sim, gazebo, ros2 or replay"));
