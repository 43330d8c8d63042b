import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConstraintSpec, TermSpec } from "../../../runtime/core/skill.ts";
import { boundedSkill } from "../../../runtime/plan/bounded-skill.ts";
import { constraintOf } from "../../../runtime/plan/constraints.ts";
import type { ImaginedPlan } from "../../../runtime/plan/imagined-plan.ts";
import { createObjective, skillObjective } from "../../../runtime/plan/objective.ts";
import { TERMS, termOf } from "../../../runtime/plan/terms.ts";
import { skills } from "../../../skills/index.ts";

const invalid = (message: string) => ({ name: "AgentError", code: "launch.invalid", message });

describe("catalogue of terms", () => {
  it("refuses a name it does not hold, even one that every object has", () => {
    for (const term of ["speed", "toString"]) {
      assert.throws(
        () => termOf({ term, weight: 1, unit: "1" }),
        invalid(`term "${term}": is not in the catalogue; use one of ${Object.keys(TERMS).join(", ")}`),
      );
    }
  });

  it("refuses another unit than the term's own", () => {
    assert.throws(
      () => termOf({ term: "tool-distance", weight: 1, unit: "cm" }),
      invalid('term "tool-distance": unit "cm" is given, it is measured in "m"; give that'),
    );
  });

  it("refuses a weight that rewards or is no number", () => {
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => termOf({ term: "effort", weight, unit: "1" }),
        invalid(`term "effort": weight ${weight} is not a finite number >= 0; give 0 or more, a term cannot reward`),
      );
    }
  });
});

describe("distance of the object", () => {
  it("is measured over the table: the goal's height is no matter of pushing, as for the judge", () => {
    const objectM = Float32Array.of(9, 9, 9, 0.5, 0.1, 0.025);
    const plain = (heightM: number): number =>
      TERMS["object-distance"]!.plain({ horizon: 2, objectM, goalPositionM: [0.53, 0.14, heightM] } as unknown as ImaginedPlan);
    for (const heightM of [0, 0.025, 0.3]) assert.ok(Math.abs(plain(heightM) - 0.05) < 1e-6, `${plain(heightM)} m at height ${heightM} m`);
  });
});

describe("catalogue of constraints", () => {
  const refuse = (spec: ConstraintSpec, message: RegExp): void =>
    assert.throws(
      () => constraintOf(spec),
      (error: { code: string; message: string }) => {
        assert.equal(error.code, "launch.invalid");
        assert.match(error.message, message);
        return true;
      },
    );

  it("refuses a name it does not hold", () =>
    refuse(
      { constraint: "constructor", params: {} },
      /^constraint "constructor": is not in the catalogue; use one of workspace, tool-speed, keep-out$/,
    ));

  it("refuses parameters that are missing, unknown, not finite or the wrong way round", () => {
    refuse({ constraint: "workspace", params: { minM: [0, 0, 0] } }, /^constraint "workspace": .*maxM: /);
    refuse({ constraint: "tool-speed", params: { maxMPerS: 0.2, margin: 1 } }, /Unrecognized key: "margin"/);
    refuse({ constraint: "tool-speed", params: { maxMPerS: Number.NaN } }, /maxMPerS: /);
    refuse({ constraint: "keep-out", params: { minM: [0, 0, 0], maxM: [1, 0, 1] } }, /minM must be below maxM on every axis/);
  });
});

describe("objective", () => {
  const effort: TermSpec = { term: "effort", weight: 1, unit: "1" };

  it("refuses to be empty", () => {
    assert.throws(() => createObjective([], []), invalid("objective: has no term, so every plan is as good; give the skill at least one"));
  });

  it("refuses a kind of goal that the skill has no terms for", () => {
    assert.throws(() => skillObjective({ skill: { name: "still", terms: { tool: [effort] }, constraints: [] }, goalKind: "image" }), {
      code: "goal.mismatch",
      message: 'skill "still": has no terms for a goal of kind "image"; give a goal of kind tool',
    });
  });

  it("is known for every goal of every shipped skill", () => {
    for (const skill of Object.values(skills)) {
      const bounded = boundedSkill(skill, { minM: [0, -1, 0], maxM: [1, 1, 1], tableZM: 0, tableClearanceM: 0.01 });
      for (const goalKind of skill.goals)
        assert.ok(skillObjective({ skill: bounded, goalKind }).terms.length > 0, `${skill.name}, ${goalKind}`);
    }
  });
});
