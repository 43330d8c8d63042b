/** `foresight run` with `mqtt`: a fleet orders a task from a simulated arm, sees it done, and ends it; the simulated world waits, so that a slow machine changes nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startCli } from "../helpers/cli.ts";
import { TOKEN } from "../helpers/mqtt-fakes.ts";
import { until } from "../helpers/until.ts";
import { freePort } from "./mosquitto.ts";
import { openFleet } from "./parties.ts";

const PLACE = { site: "lab", robot: "left" };
const MINUTES = 60_000;

test("an arm that waits for orders reaches where the fleet says, tells how it ended, and says goodbye", {
  timeout: 5 * MINUTES,
}, async () => {
  const port = await freePort();
  const options = {
    "dashboard.enabled": false,
    "backend.mode": "lockstep",
    "mqtt.site": PLACE.site,
    "mqtt.robot": PLACE.robot,
    "mqtt.lifecycle": "ready",
    "mqtt.broker.port": port,
    "mqtt.commanders.fleet.token": TOKEN,
  };
  const overrides = Object.entries(options).map(([key, value]) => `${key}:=${value}`);
  const agent = startCli(["run", "launch/panda-reach.launch.yaml", ...overrides]);
  try {
    const printed = await agent.saw(/mqtt: connected/);
    assert.doesNotMatch(printed, new RegExp(TOKEN));
    await using fleet = await openFleet(`mqtt://127.0.0.1:${port}`, { username: "fleet", password: TOKEN }, PLACE);
    await until("idle", () => fleet.of("state").at(-1)?.body.agent === "idle", MINUTES);
    const now = () => ({ issuedAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 30_000).toISOString() });
    const task = { skill: "reach", goal: { kind: "tool", positionM: [0.5, 0.05, 0.2] } };
    await fleet.publish("order", fleet.commander.order({ id: "reach-1", task, ...now() }));
    await fleet.answer("reach-1", MINUTES);
    await fleet.publish("order", fleet.commander.order({ id: "too-soon", task, ...now() }));
    const refusal = (await fleet.answer("too-soon", MINUTES)).body;
    assert.deepEqual([refusal.outcome, refusal.reason], ["rejected", "refused"]);
    const ends = () => fleet.of("responses").filter(({ body }) => body.id === "reach-1" && body.outcome !== "accepted");
    await until("the end of the order", () => ends().length > 0, 3 * MINUTES);
    assert.equal(ends()[0]?.body.outcome, "succeeded");
    await until("its telemetry", () => fleet.of("telemetry").some(({ body }) => body.decision?.toolToGoalM < 0.05), MINUTES);
    assert.equal(fleet.of("factsheet").at(-1)?.body.joints.length, 7);
    agent.child.kill("SIGINT");
    await until("OFFLINE", () => fleet.of("connection").at(-1)?.body.state === "OFFLINE", MINUTES);
    const { out, err } = await agent.result;
    assert.match(out, /goal {11}.*\ndecisions {6}\d+ \(lockstep\)/, err);
  } finally {
    agent.child.kill("SIGKILL"); // Where it has not ended by itself.
  }
});
