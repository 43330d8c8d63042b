/** The schema of a launch file: every key with its unit, its default and its bounds. What fits together is checked in check-config.ts. */
import * as z from "zod";
import { robotDescriptionSchema } from "../robots/described/description.ts";
import { rosBackendShape } from "../runtime/bridge/ros2/config.ts";
import { taskTreeSchema } from "../runtime/supervise/task-tree.ts";

/** How a launch file spells a secret that is in the environment. */
export const ENV_REFERENCE = "$" + "{env:NAME}";

const about = (description: string) => ({ description });
const vec3 = z.tuple([z.number(), z.number(), z.number()]);
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, "letters, digits, dot, dash and underscore only");
const seed = z.int().min(0).max(0xffff_ffff);

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

const camera = z.strictObject({
  name: name.meta(about("As the model package calls it")),
  widthPx: z.int().min(8).max(1024).meta(about("Width [px]")),
  heightPx: z.int().min(8).max(1024).meta(about("Height [px]")),
  fovYRad: z.number().min(0.05).max(3).meta(about("Vertical field of view [rad]")),
  positionM: vec3.meta(about("Where it is, x, y, z in the robot's base frame [m]")),
  targetM: vec3.meta(about("The point it looks at, x, y, z in the robot's base frame [m]; the picture's up is z")),
});

const model = z.strictObject({
  path: z.string().min(1).meta(about("Folder of the model package; from the project's root, or with ./ or ../ from this file")),
  provider: z
    .enum(["auto", "cpu", "webgpu", "cuda", "tensorrt"])
    .default("auto")
    .meta(about("Where ONNX Runtime computes; falls back to cpu and says why")),
  threads: z.int().min(1).max(64).default(2).meta(about("Threads of the cpu provider (count)")),
});

const icem = z.strictObject({
  noiseExponent: z
    .number()
    .min(0)
    .max(4)
    .default(2)
    .meta(
      about("Power of the noise falls with frequency to this power (unit-free, 0 white .. 4): high makes neighbouring decisions alike"),
    ),
  sampleDecay: z.number().min(1).max(2).default(1.25).meta(about("Each iteration has this many times fewer futures (unit-free)")),
  keptShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .meta(about("Share of the best futures that compete again, in the next iteration and decision (unit-free); at least one does")),
  momentum: z.number().min(0).max(0.9).default(0.1).meta(about("How much of the old search stays at each improvement (unit-free)")),
});

const gradient = z.strictObject({
  learningRate: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.3)
    .meta(about("Length of the first step of each action, later ones shrink (action units, 0.01..1)")),
});

const planner = z.strictObject({
  policy: z
    .enum(["mode2", "mode1", "random"])
    .default("mode2")
    .meta(about("mode2: plan with the world model; mode1: ask the trained policy; random: a baseline")),
  solver: z
    .enum(["cem", "mppi", "icem", "gradient"])
    .default("cem")
    .meta(
      about(
        "How mode2 searches: cem refits to the best tenth, mppi to all by weight, icem is cem with smooth noise and a memory, gradient follows the slope of the cost through the model (samples are its starts, iterations its steps)",
      ),
    ),
  samples: z.int().min(8).max(4096).default(128).meta(about("Imagined futures per iteration (count)")),
  iterations: z.int().min(1).max(20).default(3).meta(about("Improvements of the search distribution (count)")),
  horizon: z.int().min(1).max(20).default(5).meta(about("Imagined decisions per future (count)")),
  deadlineMs: z
    .number()
    .min(5)
    .max(2000)
    .default(120)
    .meta(about("A plan must be ready after this time; a smaller one is taken where it cannot [ms]")),
  proposals: z.boolean().default(true).meta(about("Let the trained policy propose futures to start from")),
  icem: icem.prefault({}).meta(about("What only the solver icem looks at")),
  gradient: gradient.prefault({}).meta(about("What only the solver gradient looks at")),
});

const box = {
  minM: vec3.meta(about("Smallest x, y, z in the base frame [m]")),
  maxM: vec3.meta(about("Largest x, y, z in the base frame [m]")),
};
const share = (what: string) =>
  z
    .number()
    .min(0.05)
    .max(1)
    .default(1)
    .meta(about(`Share of the robot's ${what} limits that is used (unit-free, 0.05..1)`));
const ageMs = (fallback: number, what: string) =>
  z
    .number()
    .positive()
    .max(2000)
    .default(fallback)
    .meta(about(`${what} [ms]`));

const guards = z.strictObject({
  workspace: z
    .strictObject({
      ...box,
      tableZM: z.number().default(0).meta(about("Height of the table top [m]")),
      tableClearanceM: z.number().min(0).max(0.2).default(0.01).meta(about("The tool point stays this far above the table [m]")),
    })
    .meta(about("The box that the tool point never leaves")),
  keepOut: z
    .array(
      z.strictObject({
        name: name.meta(about("For messages")),
        ...box,
        marginM: z.number().min(0).max(0.5).default(0.02).meta(about("The tool point stays this far away on every side [m]")),
      }),
    )
    .max(32)
    .default([])
    .meta(about("Boxes that the tool point never enters")),
  maxObservationAgeMs: ageMs(400, "Oldest observation to act on, since we received it"),
  maxPlanAgeMs: ageMs(400, "Oldest plan to act on, since it was made"),
  velocityScale: share("joint velocity"),
  accelerationScale: share("joint acceleration"),
});

const dashboard = z.strictObject({
  enabled: z.boolean().default(true).meta(about("Serve the page")),
  host: z.enum(["127.0.0.1", "::1", "localhost"]).default("127.0.0.1").meta(about("Loopback only; use a tunnel to look from elsewhere")),
  port: z.int().min(0).max(65_535).default(8080).meta(about("TCP port, 0 for any free one")),
  token: z
    .string()
    .min(16)
    .max(256)
    .optional()
    .meta(
      about(
        `Secret that commands must carry, at least 16 characters; write ${ENV_REFERENCE}. Without one, a new one is made at every start`,
      ),
    ),
});

/** A launch file after includes and overrides. Unknown keys are errors. */
export const launchSchema = z
  .strictObject({
    include: z.string().min(1).optional().meta(about("Another launch file to start from, relative to this one; what is written here wins")),
    robot: z
      .union([name, robotDescriptionSchema])
      .meta(about("Name of a robot, a folder of robots/; or any arm by its own URDF or MJCF, with its limits")),
    backend: z
      .discriminatedUnion("kind", [simBackend, gazeboBackend, ros2Backend, replayBackend])
      .meta(about("What stands for the robot: sim, gazebo, ros2 or replay")),
    cameras: z.array(camera).max(8).meta(about("The cameras, in the model's order; empty for a model that sees the state")),
    model: model.meta(about("The world model")),
    planner: planner.prefault({}).meta(about("How plans are made")),
    guards: guards.meta(about("What no plan may do, whatever the model says")),
    task: taskTreeSchema.meta(about("What to do")),
    dashboard: dashboard.prefault({}).meta(about("The page")),
    record: z
      .string()
      .min(1)
      .optional()
      .meta(
        about(
          "File for a recording of the run (JSON lines), relative to where the command is started; foresight replay makes its decisions again",
        ),
      ),
    seed: seed.default(1).meta(about("Seed of the agent's own chance (planning noise)")),
  })
  .meta({ title: "Foresight launch file" });

/** What `loadLaunch` gives: every default filled in. */
export type LaunchConfig = Omit<z.output<typeof launchSchema>, "include">;

/** What models and recordings call the robot of a launch file. */
export const robotName = (robot: LaunchConfig["robot"]): string => (typeof robot === "string" ? robot : robot.name);
