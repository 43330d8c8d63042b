/** A picture of the arm in a real Gazebo with what the agent imagines drawn in, by a camera of the server during a real run: `node --import tsx test/gazebo/photograph.ts OUT.jpg DECISION [OVERRIDES...]`. */
import sharp from "sharp";
import { draw } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { run } from "../../launch/run/run.ts";
import { rgbOf } from "../../runtime/bridge/gazebo/arm/pictures.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import { topicOf } from "../../sim/gazebo/names.ts";
import { startScene, withCamera } from "./scene.ts";

const LAUNCH = "launch/panda-push.launch.yaml";
const VIEW: CameraSpec = {
  name: "view",
  widthPx: 800,
  heightPx: 500,
  fovYRad: 0.45,
  positionM: [1.2, -0.5, 0.45],
  targetM: [0.45, 0.05, 0.15],
};
const RATE_HZ = 20;

const [out, decisionText, ...overrides] = process.argv.slice(2);
if (!out || !decisionText) throw new Error("usage: photograph.ts OUT.jpg DECISION [OVERRIDES...]");
const decision = Number(decisionText);

await using real = await startScene({ mode: "lockstep", edit: withCamera(VIEW, RATE_HZ) });
let newest: Uint8Array | null = null;
real.node.subscribe(topicOf.image(VIEW.name), "Image", (message) => {
  newest = rgbOf(message, VIEW);
});
const changes = ["backend:=gazebo", "backend.mode:=lockstep", `backend.partition:=${real.partition}`, "backend.drawImagined:=true"];
const ended = new AbortController();
let decisions = 0;
let photograph: Uint8Array | null = null;
await run(await draw(loadLaunch(LAUNCH, [...changes, "dashboard.enabled:=false", ...overrides])), {
  say: console.error,
  signal: ended.signal,
  taps: [
    () => ({
      name: "photographer",
      tick() {
        // What was drawn at a decision is in the picture of the end of its period, which is there at the next.
        if (++decisions !== decision + 1) return;
        photograph = newest;
        ended.abort();
      },
    }),
  ],
}).catch((error: unknown) => {
  if (!ended.signal.aborted) throw error;
});
if (!photograph) throw new Error(`the run ended after ${decisions} decisions without a picture of the ${decision}th`);
await sharp(photograph, { raw: { width: VIEW.widthPx, height: VIEW.heightPx, channels: 3 } })
  .jpeg({ quality: 88, mozjpeg: true })
  .toFile(out);
console.log(`${out}: decision ${decision}`);
