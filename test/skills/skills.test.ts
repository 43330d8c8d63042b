/** Tests for skills/: every skill is complete, plain data, and speaks only words of the catalogues. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { boundedSkill } from "../../runtime/plan/bounded-skill.ts";
import { constraintOf } from "../../runtime/plan/constraints.ts";
import { termOf } from "../../runtime/plan/terms.ts";
import { checkSuccess } from "../../runtime/supervise/progress.ts";
import { skills } from "../../skills/index.ts";

const WORKSPACE = { minM: [0.28, -0.34, 0.015], maxM: [0.74, 0.34, 0.45], tableZM: 0, tableClearanceM: 0.01 } as const;
const folder = join(packageRoot, "skills");

test("every folder of skills/ is registered under its own name, and has a README", () => {
  const folders = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  assert.deepEqual(folders.sort(), Object.keys(skills).sort());
  for (const [name, skill] of Object.entries(skills)) {
    assert.equal(skill.name, name);
    assert.match(readFileSync(join(folder, name, "README.md"), "utf8"), new RegExp(`^# ${name}\n`));
  }
});

for (const skill of Object.values(skills)) {
  test(`${skill.name}: it is data, the same after a round trip through JSON`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(skill)), skill);
  });

  test(`${skill.name}: every kind of goal it takes has terms and a success test, and no other kind has`, () => {
    assert.deepEqual(Object.keys(skill.terms).sort(), [...skill.goals].sort());
    assert.deepEqual(Object.keys(skill.success).sort(), [...skill.goals].sort());
    for (const kind of skill.goals) assert.ok((skill.terms[kind]?.length ?? 0) > 0, kind);
  });

  test(`${skill.name}: its terms, constraints and success tests are in the catalogues, in their units`, () => {
    for (const term of Object.values(skill.terms).flat()) termOf(term);
    for (const constraint of boundedSkill(skill, WORKSPACE).constraints) constraintOf(constraint);
    for (const success of Object.values(skill.success)) checkSuccess(skill.name, success);
  });

  test(`${skill.name}: it is bounded in decisions and time, and success needs fewer decisions than there are`, () => {
    const { decisions, timeoutS } = skill.limits;
    assert.ok(Number.isInteger(decisions) && decisions > 0);
    assert.ok(timeoutS >= decisions * 0.2, "every decision of 0.2 s fits into the time");
    for (const { steps } of Object.values(skill.success)) assert.ok(steps <= decisions);
  });
}
