// A program of somebody else's: its own robot, in a keeper process of its own, and its own model, a plain object, brought to a place.
import * as f from "foresight";
import { pandaSpec as spec } from "foresight/robots/panda";
import { reach } from "foresight/skills/reach";
import { Subject } from "rxjs";

const [clock, positionM, samples] = [new f.SystemClock(), [0.5, 0.15, 0.3], new Subject()];
if (process.send) {
  let positionRad = Float64Array.from(spec.homeRad); // The robot is where it was commanded to be, and says so a hundred times a second.
  const now = () => ({ positionRad, velocityRadPerS: new Float64Array(7), stampNs: clock.nowNs(), receivedNs: clock.nowNs() });
  const stop = clock.every(10, () => samples.next({ kind: "joints", joints: now() }));
  const driver = { samples: () => samples, command: (to) => (positionRad = to.positionRad.slice()), [Symbol.asyncDispose]: stop };
  await f.serveKeeper(async () => ({ spec, driver, lastGuard: f.lastGuard })).then(() => process.exit());
}
const robot = await f.forkKeeper({ spec, entry: new URL(import.meta.url), config: null });
const pace = (observations) => f.realtimePace({ observations, clock, periodMs: 200, effectMs: 80 });
const axisOf = (name) => ({ name, kind: "continuous", scale: 0.03, unit: "m" });
const model = { axes: ["x", "y", "z"].map(axisOf), toolHeightM: null, controlPeriodS: 0.2 };
const workspace = { minM: [0.2, -0.3, 0.05], maxM: [0.7, 0.3, 0.8], tableZM: 0, tableClearanceM: 0.01 };
const body = await f.openBody({ robot: spec, model, workspace, keepOut: [], maxObservationAgeMs: 400, maxPlanAgeMs: 400 });
const [toolM, apart] = [(latent) => latent, (latent) => latent.map((at, axis) => positionM[axis] - at)];
const mind = f.mindOf({
  ...{ encode: ({ joints }) => body.toolAt(joints.positionRad), imagine: (at, action) => at.map((x, axis) => x + 0.03 * action[axis]) },
  ...{ toolM, act: (latent) => apart(latent).map((way) => way / 0.03), toolToGoalM: (latent) => Math.hypot(...apart(latent)) },
});
const task = { skill: "reach", goal: { kind: "tool", positionM }, retries: 0 };
const supervisor = f.createSupervisor({ clock, skills: { reach }, task });
const opened = { robot, clock, mode: "realtime", world: null, pace };
const senses = { ...f.senseDefaults, cameras: [], joints: spec.joints };
const prepare = async () => ({ ...mind, ...body, rng: f.createRng(1) });
console.log(await f.runTask({ opened, supervisor, senses, stopwatch: clock, signal: new AbortController().signal, prepare }));
await robot[Symbol.asyncDispose]();
