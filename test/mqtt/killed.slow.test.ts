/** Killed with SIGKILL in the midst of a task, and of an urgent one before it, an agent comes back holding and does what a fleet tells it over MQTT. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startCli } from "../helpers/cli.ts";
import { killedAndBack, type Remote, toAndFro, urgent } from "../helpers/killed-and-back.ts";
import { TOKEN } from "../helpers/mqtt-fakes.ts";
import { freePort } from "./mosquitto.ts";
import { openFleet } from "./parties.ts";

const PLACE = { site: "lab", robot: "left" };
const MINUTES = 60_000;

test("over MQTT: killed and started again it holds; resume, restart-skill and abort do what they say, and an urgent task comes first", {
  timeout: 8 * MINUTES,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "foresight-mqtt-killed-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  const options = {
    "dashboard.enabled": false,
    "backend.mode": "lockstep", // A world that waits: a slow machine changes nothing.
    "planner.samples": 64,
    "mqtt.site": PLACE.site,
    "mqtt.robot": PLACE.robot,
    "mqtt.lifecycle": "ready",
    "mqtt.broker.port": port,
    "mqtt.commanders.fleet.token": TOKEN,
    state: join(folder, "place.state"),
    task: toAndFro,
    urgent,
  };
  const overrides = Object.entries(options).map(([key, value]) => `${key}:=${value}`);
  await killedAndBack(async (): Promise<Remote> => {
    const running = startCli(["run", "launch/panda-reach.launch.yaml", ...overrides]);
    const kill = async (): Promise<void> => {
      running.child.kill("SIGKILL");
      await running.result;
    };
    try {
      await running.saw(/mqtt: connected/);
      const fleet = await openFleet(`mqtt://127.0.0.1:${port}`, { username: "fleet", password: TOKEN }, PLACE);
      return {
        stand: () => fleet.of("state").at(-1)?.body ?? null,
        async say(word) {
          const action = typeof word === "string" ? { type: word } : { type: "urgent", name: word.urgent };
          const order = fleet.commander.action("", { action }) as { readonly id: string };
          await fleet.publish("instantActions", order);
          const { outcome, why } = (await fleet.answer(order.id, MINUTES)).body;
          return outcome === "accepted" ? null : why;
        },
        kill,
        async [Symbol.asyncDispose]() {
          await fleet[Symbol.asyncDispose]();
          await kill();
        },
      };
    } catch (error) {
      await kill();
      throw error;
    }
  });
});
