/** M: launch files that say something else than their writer meant. */
import assert from "node:assert/strict";
import { AgentError } from "../../runtime/core/errors.ts";
import { readFault } from "../../runtime/disturb/catalogue.ts";
import { base, files, problems, problemsOf } from "../launch/config/launch-files.ts";
import { type FaultCase, refused } from "./case.ts";

const launch = (id: string, fault: string, text: string, overrides: readonly string[], says: RegExp): FaultCase =>
  refused({ id, fault, detectedBy: "launch file, launch.invalid" }, () => {
    const found = problems(files({ "a.yaml": text }), overrides);
    assert.ok(
      found.some((problem) => says.test(problem)),
      found.join("; "),
    );
  });

export const CONFIG_CASES: readonly FaultCase[] = [
  launch("M1", "an unknown key", `${base}planner: { sampels: 64 }\n`, [], /planner\.sampels: unknown key; did you mean "samples"/),
  launch("M2a", "a value of another type", base, ["planner.horizon:=2.5"], /2\.5 is not a whole number/),
  launch("M2b", "a key in another unit", base.replace("fovYRad: 0.8203", "fovDeg: 47"), [], /use "fovYRad", in rad/),
  launch("M2c", "a number that is none", base, ["guards.workspace.minM:=[.nan, 0, 0]"], /NaN is not a number/),
  launch("M3a", "a workspace that is empty", base, ["guards.workspace.minM:=[0.8, 0, 0]"], /the box is empty along x/),
  launch("M3b", "a share of the limits above all of them", base, ["guards.velocityScale:=1.5"], /velocityScale: 1\.5 given; at most 1/),
  launch("M4", "a model's folder outside of what may be read", base, ["model.path:=''"], /model\.path/),
  launch("M5", "a task of a skill that there is not", base.replace("skill: push", "skill: fly"), [], /fly/),
  launch("M6a", "an override without :=", base, ["planner.samples=256"], /:=/),
  launch("M6b", "an override of a key that there is not", base, ["planner.sampels:=256"], /sampels/),
  launch("M7", "a secret that is not in the environment", base, [`dashboard.token:=\${env:NOBODY_HAS_IT}`], /NOBODY_HAS_IT/),
  launch(
    "M9",
    "two skills at the same time for one arm",
    base.replace(
      /task: .*/,
      "task: { parallel: [{ skill: push, goal: { kind: image, source: simulator } }, { skill: push, goal: { kind: image, source: simulator } }] }",
    ),
    [],
    /one arm can do 1/,
  ),
  launch(
    "M8a",
    "two arms of a fleet with one name",
    `${base}mqtt: {}\nfleet: { arms: { left: [], left: [] } }\n`,
    [],
    /Map keys must be unique/,
  ),
  refused({ id: "M10", fault: "a file that is no YAML", detectedBy: "launch file, launch.invalid" }, () => {
    assert.ok(problemsOf("robot: [").length > 0);
  }),
  refused({ id: "M11", fault: "a rehearsal of a fault that there is not", detectedBy: "launch file, launch.invalid" }, () => {
    assert.throws(
      () => readFault("camera-frozn@5"),
      (error) => error instanceof AgentError && error.code === "launch.invalid" && /camera-frozen/.test(error.message),
    );
  }),
];
