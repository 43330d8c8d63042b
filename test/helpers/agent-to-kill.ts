/** An agent-like process for the kill test: keeps the arm moving to and fro until it is killed. Arguments: the keeper's log file. */
import { forkKeeper } from "../../runtime/act/fork-keeper.ts";
import { SystemClock, secondsToNs } from "../../runtime/core/clock.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";
import { twoJointSpec } from "./kinematic-arm.ts";

/** As agents have it: what a busy machine delays by more is refused as late, and this one knows no other plan. */
const LEAD_S = 0.15;
const clock = new SystemClock();
const robot = await forkKeeper({
  spec: twoJointSpec,
  entry: new URL("./keeper-entry.ts", import.meta.url),
  config: { logPath: process.argv[2] },
});
let id = 0;
for (;;) {
  const startNs = clock.nowNs() + secondsToNs(LEAD_S);
  const from = robot.commandedAt(startNs);
  const toRad = from.positionRad.map((value) => value + (id % 20 < 10 ? 0.06 : -0.06));
  await robot.act(quinticSegment({ id: id++, startNs, from, toRad, durationS: 0.4 }));
  process.stdout.write(`${id} ${robot.pid}\n`);
  await clock.sleep(200);
}
