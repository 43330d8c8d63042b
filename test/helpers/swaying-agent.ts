/** An agent-like process for tests that kill it: opens the arm of a launch file as `foresight run` does, and sways its first joint until it is killed. Arguments: launch file, overrides. */
import { openRobot, robotOf } from "../../launch/compose.ts";
import { loadLaunch } from "../../launch/config/load.ts";
import { secondsToNs } from "../../runtime/core/clock.ts";
import { quinticSegment } from "../../runtime/core/segment.ts";

/** As agents have it: what a busy machine delays by more is refused as late, and this one knows no other plan. */
const LEAD_S = 0.15;
/** To either side: at most 7.3 rad/s2 on the way, which no guard of an arm here objects to. An arm that was told more than it may could not brake sooner than its motion ends. */
const SWAY_RAD = 0.1;
/** Then it says that it moves. */
const MOVING_RAD_PER_S = 0.3;

const [launch = "", ...overrides] = process.argv.slice(2);
const config = loadLaunch(launch, overrides);
const { robot, clock } = await openRobot({ ...config, cameras: [] }, await robotOf(config), { effectMs: LEAD_S * 1e3 });
robot.observe(new AbortController().signal).subscribe({ error: () => {} });
const homeRad = robot.commandedAt(clock.nowNs()).positionRad;
let id = 0;
for (;;) {
  const startNs = clock.nowNs() + secondsToNs(LEAD_S);
  const from = robot.commandedAt(startNs);
  const toRad = homeRad.with(0, homeRad[0]! + (id % 2 ? -SWAY_RAD : SWAY_RAD));
  await robot.act(quinticSegment({ id: id++, startNs, from, toRad, durationS: 0.4 })).catch((error: Error) => console.error(error.message)); // A busy machine was late.
  for (let look = 0; look < 10; look++) {
    await clock.sleep(20);
    if (id > 3 && Math.abs(robot.commandedAt(clock.nowNs()).velocityRadPerS[0]!) > MOVING_RAD_PER_S) process.stdout.write("moving\n");
  }
}
