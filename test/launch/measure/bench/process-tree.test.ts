/** What a process and its children use: counted together, and only while they are there. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { useOfTree } from "../../../../launch/measure/bench/process-tree.ts";
import { until } from "../../../helpers/until.ts";

test("the work of a child's child counts, and nothing is left when they have ended", async () => {
  const busy = "for (;;);";
  const parent = spawn(process.execPath, [
    "-e",
    `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(busy)}]); setInterval(() => {}, 1e6)`,
  ]);
  const pid = parent.pid ?? -1;
  let pids: readonly number[] = [];
  try {
    await until("the child's child has worked", () => useOfTree(pid).processes === 2 && useOfTree(pid).cpuS > 0.5);
    const { cpuS, memoryMiB } = useOfTree(pid);
    assert.ok(cpuS < 60, `${cpuS} s`);
    assert.ok(memoryMiB > 10 && memoryMiB < 2000, `${memoryMiB} MiB of two Node processes`);
    pids = [pid, ...childrenOf(pid)];
  } finally {
    for (const each of pids.length > 0 ? pids : [pid]) process.kill(each, "SIGKILL");
    await once(parent, "close");
  }
  assert.deepEqual(useOfTree(pid), { cpuS: 0, memoryMiB: 0, processes: 0 });
});

const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
