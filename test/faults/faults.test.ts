/** Every fault of the list, put into the running agent or one of its borders, and what it must come to. Prints the table; FAULTS.md is that table. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { decisionOn } from "../../runtime/supervise/decide.ts";
import { errorsMade } from "../helpers/errors-made.ts";
import { ARM_CASES } from "./arm-cases.ts";
import type { FaultCase } from "./case.ts";
import { COMMAND_CASES } from "./command-cases.ts";
import { COMPUTE_CASES } from "./compute-cases.ts";
import { CONFIG_CASES } from "./config-cases.ts";
import { GAZEBO_CASES } from "./gazebo-cases.ts";
import { MODEL_CASES } from "./model-cases.ts";
import { NETWORK_CASES } from "./network-cases.ts";
import { PLAN_CASES } from "./plan-cases.ts";
import { PROCESS_CASES } from "./process-cases.ts";
import { RECORDING_CASES } from "./recording-cases.ts";
import { ROS_CASES } from "./ros-cases.ts";
import { CAMERA_CASES, JOINT_CASES, TIME_CASES } from "./sense-cases.ts";
import { SERVER_CASES } from "./server-cases.ts";
import { faultsMarkdown, type Row } from "./table.ts";
import { WORLD_CASES } from "./world-cases.ts";

const FILE = fileURLToPath(new URL("FAULTS.md", import.meta.url));
const CASES: readonly FaultCase[] = [
  ...CAMERA_CASES,
  ...JOINT_CASES,
  ...TIME_CASES,
  ...COMPUTE_CASES,
  ...MODEL_CASES,
  ...PLAN_CASES,
  ...ARM_CASES,
  ...COMMAND_CASES,
  ...PROCESS_CASES,
  ...CONFIG_CASES,
  ...NETWORK_CASES,
  ...RECORDING_CASES,
  ...WORLD_CASES,
];
const CASES_MIN = 100;
/** How many faults the list has of each group, in ../shared/field/robotics-runtimes.md 7.3. */
const LISTED = { A: 10, B: 9, C: 7, D: 8, E: 8, F: 7, G: 13, H: 9, I: 10, J: 10, K: 7, L: 9, M: 8 } as const;
/** Those that need the other side itself run beside this file, where it is there: server.slow, ros.slow and gazebo.slow. */
const PEER_CASES: readonly FaultCase[] = [...SERVER_CASES, ...ROS_CASES, ...GAZEBO_CASES];
const rows: Row[] = [];
const errors = errorsMade();

for (const { run, ...about } of CASES)
  it(`${about.id}, ${about.fault}: ${about.detectedBy}; ${about.safeState}`, async () => {
    rows.push({ ...about, tookMs: await run() });
  });

/** What is wrong; what to do. Of a launch file: each place, and what must hold there. */
const SENTENCE = /^[^\n]*\S; \w[^;]*\S$/s;
const OF_A_LAUNCH_FILE = /^launch file has \d+ problems?:(\n {2}(\S+:\d+|command line): .+)+$/;
const NOT_FOR_PEOPLE = /\bundefined\b|\[object |\n\s+at |\bError:|=>|\bnull\b/;

it("every error of these cases says in words what is wrong and what to do, and nothing that is for programs", (context) => {
  const told = errors.filter(({ code }) => code !== "stop.operator"); // A person's own stop: nobody needs to be told what to do.
  const messages = [...new Set(told.map(({ message }) => message))];
  context.diagnostic(`${messages.length} different messages of ${new Set(told.map(({ code }) => code)).size} codes`);
  assert.ok(messages.length > 200, "those of all cases");
  const remediless = messages.filter((message) => !SENTENCE.test(message) && !OF_A_LAUNCH_FILE.test(message));
  assert.deepEqual(remediless, [], "what to do?");
  assert.deepEqual(
    messages.filter((message) => NOT_FOR_PEOPLE.test(message)),
    [],
  );
  const afterAStop = told.filter(({ code }) => decisionOn(code).reaction === "stop").map(({ message }) => message);
  assert.deepEqual(
    afterAStop.filter((message) => /\bthen resume\b/.test(message)),
    [],
    "a faulted agent is reset and started; nothing is there to resume",
  );
});

it("every fault of the list has a case", () => {
  const have = new Set([...CASES, ...PEER_CASES].map(({ id }) => id.replace(/[a-z]+$/, "")));
  const listed = Object.entries(LISTED).flatMap(([group, count]) => Array.from({ length: count }, (_, i) => `${group}${i + 1}`));
  assert.deepEqual(
    listed.filter((id) => !have.has(id)),
    [],
  );
});

it("the table is the one in FAULTS.md, a row a case, at least a hundred", (context) => {
  const ids = [...CASES, ...PEER_CASES].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "an id is used once");
  assert.ok(CASES.length >= CASES_MIN);
  assert.equal(rows.length, CASES.length, "every case must have passed");
  const table = faultsMarkdown([...rows, ...PEER_CASES.map((about) => ({ ...about, tookMs: null }))]);
  context.diagnostic(table);
  if (process.env["FORESIGHT_WRITE_FAULTS"] === "1") writeFileSync(FILE, table);
  assert.equal(readFileSync(FILE, "utf8"), table, "FAULTS.md is stale: npm run faults:table");
});
