/** A server's life: it ends with the process that started it, however that ends, and is said goodbye to in good order otherwise. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { LOOPBACK_NETWORK } from "../../../../runtime/bridge/gazebo/environment.ts";
import { startGazeboServer } from "../../../../runtime/bridge/gazebo/server-process.ts";
import { nsToMs, SystemClock } from "../../../../runtime/core/clock.ts";

const clock = new SystemClock();
const GONE_WITHIN_MS = 20_000;
/** Stands for a server behind a wrapper: a shell and its child, told by their own process ids. */
const WRAPPED = ["sh", "-c", "sleep 1000 & echo pids $$ $!; wait"];

test("a server and what its wrapper started end when the process that started them is killed -9", {
  skip: process.platform === "win32",
}, async () => {
  const starter = fileURLToPath(new URL("server-starter.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", starter, ...WRAPPED], { stdio: ["ignore", "pipe", "inherit"] });
  const pids = await new Promise<number[]>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      const found = /pids (\d+) (\d+)\n/.exec(said);
      if (found) resolve([Number(found[1]), Number(found[2])]);
    });
    child.once("exit", () => reject(new Error(`the starter ended: ${said}`)));
  });
  assert.deepEqual(pids.map(isThere), [true, true]);
  child.kill("SIGKILL");
  const fromNs = clock.nowNs();
  while (pids.some(isThere) && nsToMs(clock.nowNs() - fromNs) < GONE_WITHIN_MS) await clock.sleep(20);
  console.log(`server gone ${nsToMs(clock.nowNs() - fromNs).toFixed(0)} ms after its starter was killed`);
  assert.deepEqual(pids.map(isThere), [false, false]);
});

test("a server that is stopped ends by SIGTERM, and one that does not start says why", async () => {
  const common = { clock, worldPath: "/nowhere/world.sdf", partition: "p", network: LOOPBACK_NETWORK, env: process.env };
  const server = startGazeboServer({ ...common, command: WRAPPED });
  await server.stop();
  assert.equal(server.ended, "ended by SIGTERM");
  const missing = startGazeboServer({ ...common, command: ["/nowhere/gz"] });
  await missing.exit;
  assert.match(missing.ended ?? "", /did not start: spawn \/nowhere\/gz ENOENT/);
});

test("a server draws without anisotropic filtering, in which Mesa's software renderer can hang, unless the environment says otherwise", async () => {
  const common = { clock, worldPath: "/nowhere/world.sdf", partition: "p", network: LOOPBACK_NETWORK };
  const command = ["sh", "-c", 'echo "<$MESA_EXTENSION_OVERRIDE>"'];
  const ours = startGazeboServer({ ...common, command, env: { PATH: process.env["PATH"] } });
  const theirs = startGazeboServer({ ...common, command, env: { PATH: process.env["PATH"], MESA_EXTENSION_OVERRIDE: "" } });
  await Promise.all([ours.exit, theirs.exit]);
  assert.match(ours.log, /<-GL_EXT_texture_filter_anisotropic -GL_ARB_texture_filter_anisotropic>/);
  assert.match(theirs.log, /<>/);
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
