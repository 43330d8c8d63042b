/** How patient the agent is with cameras and encoders: every bound of the sense stage as a key of the launch file. */
import * as z from "zod";
import { senseDefaults } from "../../runtime/sense/sense-item.ts";
import { about } from "./schema-terms.ts";

const { frozen } = senseDefaults;
const pictures = z.int().min(2).max(10_000);

export const sensesSchema = z
  .strictObject({
    maxSkewMs: z
      .number()
      .positive()
      .max(1000)
      .default(senseDefaults.maxSkewMs)
      .meta(about("Pictures and joints of one observation were taken at most this far apart [ms]")),
    maxAgeMs: z
      .number()
      .min(20)
      .max(5000)
      .default(senseDefaults.maxAgeMs)
      .meta(about("A sensor that gives nothing good for longer is a fault [ms]")),
    rangeToleranceRad: z
      .number()
      .min(0)
      .max(0.5)
      .default(senseDefaults.rangeToleranceRad)
      .meta(about("A joint that reads further outside its limits is a fault [rad]")),
    jumpFactor: z
      .number()
      .min(1)
      .max(10)
      .default(senseDefaults.jumpFactor)
      .meta(about("A joint that seems to move at more than this many times its velocity limit is a fault (unit-free)")),
    jumpToleranceRad: z
      .number()
      .min(0)
      .max(0.5)
      .default(senseDefaults.jumpToleranceRad)
      .meta(about("and by more than this beyond it: noise of its encoder [rad]")),
    frozen: z
      .strictObject({
        movingCount: pictures
          .default(frozen.movingCount)
          .meta(about("Identical pictures in a row that are a fault while the arm moves (count)")),
        minMovedRad: z
          .number()
          .positive()
          .max(3.2)
          .default(frozen.minMovedRad)
          .meta(about("The arm moves when a joint is this far from where it was at the first of them [rad]")),
        stillCount: pictures
          .nullable()
          .default(frozen.stillCount)
          .meta(
            about(
              "Identical pictures in a row that are a fault in any case (count); null for never, as a simulated camera may show a still scene",
            ),
          ),
      })
      .prefault({})
      .meta(about("When a camera that repeats its picture is at fault")),
    repeatMs: z
      .number()
      .min(0)
      .max(60_000)
      .default(senseDefaults.repeatMs)
      .meta(about("The same fault of the same sensor is told again after this long [ms]")),
  })
  .meta(about("How patient the agent is with its cameras and encoders"));
