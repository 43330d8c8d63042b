// A program of somebody else's: a skill and a backend of its own beside the shipped ones, in a launch file of its own with a shipped model.
import * as f from "foresight";
import { addBackend, addSkill, draw, loadLaunch, printRun, run } from "foresight/launch";
import { reach } from "foresight/skills/reach";
import * as z from "zod";

addSkill({ ...reach, name: "touch", description: "Comes to a place and goes on.", limits: { decisions: 6, timeoutS: 5 } });

const noise = f.createRng(1);
const facts = { world: null, scene: null, provenance: "real", hasGoalPictures: false, onlyOne: "there is one", isInThread: false };
addBackend({
  kind: "noisy",
  schema: z.strictObject({ kind: z.literal("noisy"), grey: z.number().min(0).max(255).meta({ description: "Mean brightness" }) }),
  facts: () => ({ ...facts, resume: "self", limitShare: 1 }),
  async open({ grey }, { spec, cameras, periodS }) {
    const clock = new f.ManualClock(); // An arm that is where it was told to be, in a fog that its cameras see.
    let positionRad = Float64Array.from(spec.homeRad);
    const see = (size) => Uint8Array.from({ length: size }, () => grey + noise.between(-9, 9));
    const taken = (stampNs) => ({ stampNs, receivedNs: stampNs });
    const joints = (ns) => ({ positionRad, velocityRadPerS: positionRad.map(() => 0), ...taken(ns) });
    const picture = ({ widthPx, heightPx }) => ({ widthPx, heightPx, rgb: see(widthPx * heightPx * 3) });
    const frames = (ns) => cameras.map((each) => ({ kind: "frame", frame: { camera: each.name, ...picture(each), ...taken(ns) } }));
    const samplesNow = (ns) => [{ kind: "joints", joints: joints(ns) }, ...frames(ns)];
    const driver = { step: (command) => (positionRad = command.positionRad.slice()), samplesNow, [Symbol.asyncDispose]: async () => {} };
    const robot = f.createLockstepRobot({ spec, driver, clock, lastGuard: f.lastGuard, initialRad: spec.homeRad, periodS });
    const pace = (observations) => f.lockstepPace({ observations, pass: () => robot.pass(), latencyMs: 0 });
    return { robot, clock, mode: "lockstep", world: null, ask: robot.ask, pace };
  },
});
console.log(printRun(await run(await draw(loadLaunch("own.launch.yaml")), { say: console.log, signal: new AbortController().signal })));
