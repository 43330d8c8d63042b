/** Launch files for tests: written into a folder of their own, loaded, and what is said about a wrong one. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import type { AgentError } from "../../../runtime/core/errors.ts";

export const folder = mkdtempSync(join(tmpdir(), "foresight-launch-"));
after(() => rmSync(folder, { recursive: true }));

/** The smallest launch file that is valid. */
export const base = `
robot: panda
backend: { kind: sim }
cameras:
  - { name: front, widthPx: 64, heightPx: 64, fovYRad: 0.8203, positionM: [1.12, 0, 0.42], targetM: [0.5, 0, 0.03] }
model: { path: robots/panda/world-models/push }
guards:
  workspace: { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45] }
task: { skill: push, goal: { kind: image, source: simulator } }
`;

let count = 0;
/** Writes files into a folder of their own; the first is the launch file. */
export function files(texts: Readonly<Record<string, string>>): string {
  const home = join(folder, `${count++}`);
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return join(home, Object.keys(texts)[0] ?? "");
}

/** The problems of a file, one a line, without the folder it is in. */
export function problems(path: string, overrides: readonly string[] = [], environment: Record<string, string> = {}): readonly string[] {
  try {
    loadLaunch(path, overrides, environment);
  } catch (error) {
    assert.equal((error as AgentError).code, "launch.invalid");
    const [title, ...lines] = (error as Error).message.split("\n  ");
    assert.match(title ?? "", new RegExp(`^launch file has ${lines.length} problems?:$`));
    return lines.map((line) => line.replaceAll(/\S*foresight-launch-\w+\/\d+\//g, ""));
  }
  return [];
}
export const problemsOf = (text: string): readonly string[] => problems(files({ "a.yaml": text }));
