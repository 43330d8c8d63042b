/** `backend.kind: feetech`: every key with its unit, its default and its bounds. */
import * as z from "zod";
import { servoLimitDefaults as limits } from "../../../runtime/bridge/servos/servo-limits.ts";
import { sceneSchema } from "../../config/schema-scene.ts";
import { about, name, seed } from "../../config/schema-terms.ts";

const number = (min: number, max: number, fallback: number, what: string) =>
  z.number().min(min).max(max).default(fallback).meta(about(what));

const cameraSchema = z.strictObject({
  device: z
    .string()
    .min(1)
    .meta(about("The camera as the system calls it, best by a name that stays: /dev/v4l/by-id/...; or what ffmpeg opens, see kind")),
  kind: z
    .enum(["camera", "stream", "lavfi"])
    .default("camera")
    .meta(
      about(
        "camera: by this system's capture; stream: motion JPEG from tcp://.., a file or a pipe; lavfi: a picture that ffmpeg makes itself",
      ),
    ),
  widthPx: z.int().min(64).max(4096).default(640).meta(about("Of the camera's own picture [px]")),
  heightPx: z.int().min(48).max(4096).default(480).meta(about("Of the camera's own picture [px]")),
  rateHz: number(5, 120, 30, "Pictures a second that it is asked for [Hz]"),
  latencyMs: number(0, 500, 0, "From the light to us, taken off each picture's stamp [ms]"),
});

export const feetechSchema = z
  .strictObject({
    kind: z.literal("feetech").meta(about("An arm of Feetech STS servos on a serial port of this computer, such as an SO-101")),
    port: z
      .string()
      .min(1)
      .meta(about("Its serial port, best by a name that stays: /dev/serial/by-id/...; foresight find lists what is there")),
    calibration: z
      .string()
      .min(1)
      .meta(
        about(
          "Its calibration as LeRobot keeps it (foresight calibrate makes it); from the project's root, or with ./ or ../ from this file",
        ),
      ),
    cameras: z.record(name, cameraSchema).default({}).meta(about("Where each camera of this file is, by its name")),
    rateHz: number(20, 250, 100, "Rounds a second: each writes goals to every servo and reads all of them [Hz]"),
    answerMs: number(
      1,
      50,
      4,
      "A servo that was silent for so long does not answer; 20 for FTDI adapters whose latency timer is not set to 1 ms [ms]",
    ),
    leadMs: number(
      0,
      200,
      0,
      "How far the servos lag behind their goals: goals go so far ahead along the commanded velocity; foresight doctor measures it [ms]",
    ),
    leave: z
      .enum(["hold", "rest-then-limp"])
      .default("hold")
      .meta(
        about(
          "At the end: hold keeps the torque on where the arm stands; rest-then-limp goes to the robot's rest posture slowly, then lets go",
        ),
      ),
    moves: z.boolean().default(true).meta(about("false: the arm is only looked at; no torque, no goal and no register of it is changed")),
    limits: z
      .strictObject({
        voltageMinV: number(3, 30, limits.voltageMinV, "Lowest supply at the servos [V]"),
        voltageMaxV: number(3, 30, limits.voltageMaxV, "Highest supply at the servos [V]"),
        temperatureMaxC: number(
          30,
          85,
          limits.temperatureMaxC,
          "Hottest that a servo may get; it lets go by itself at 70 from the factory [degrees C]",
        ),
        stallLoadShare: number(0.05, 1, limits.stallLoadShare, "A joint that pushes with so much of its torque (unit-free, 0..1),"),
        stallRad: number(0.02, 1, limits.stallRad, "so far from its goal [rad],"),
        stallMs: number(50, 5000, limits.stallMs, "for so long without moving has met something: it goes back a little and holds [ms]"),
        missingMs: number(50, 5000, limits.missingMs, "A servo that has not answered for so long is missing [ms]"),
        trackingRad: number(0.05, 3, limits.trackingRad, "A joint so far from its command [rad]"),
        trackingMs: number(50, 5000, limits.trackingMs, "for so long is held by something or driven by someone [ms]"),
      })
      .prefault({})
      .meta(about("What is watched at the servos")),
    evaluation: z
      .strictObject({
        episode: name
          .optional()
          .meta(about("Whose starts and goals are drawn, the name of a skill; left out: of the task's first skill that has any")),
        sceneSeed: seed.default(1).meta(about("Seed of the start and the goal")),
        scene: sceneSchema.prefault({}),
      })
      .nullable()
      .default(null)
      .meta(
        about(
          "With a virtual arm, whose world is served beside its port (PORT.world): what stands there, for eval and goals by its pictures; null for a real arm",
        ),
      ),
    resume: z
      .enum(["self", "operator"])
      .default("operator")
      .meta(about("Who ends a hold that a fault of arm or senses began: a person (operator), or the agent when the cause is gone (self)")),
    limitShare: number(0.05, 1, 1, "Share of the robot's velocity and acceleration limits that is used (unit-free, 0.05..1)"),
  })
  .meta({ description: "An arm of Feetech servos on a serial port" });

export type FeetechSection = z.output<typeof feetechSchema>;
