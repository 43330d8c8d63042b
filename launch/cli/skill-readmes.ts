/** The part of each skill's README that its data say: `npm run skills:readme` writes it, a test says when it is stale. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { replaceFile } from "../../runtime/core/own-files.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { defaultScene } from "../../runtime/core/scene.ts";
import type { Skill } from "../../runtime/core/skill.ts";
import { plays, skills, trials } from "../../skills/index.ts";

/** What is behind it is written; what is before it is prose. */
const MARK = "<!-- From the skill's data: npm run skills:readme writes what follows. -->";

/** Text by path from the project's root. */
export function skillReadmes(): ReadonlyMap<string, string> {
  return new Map(
    Object.values(skills).map((skill) => {
      const path = `skills/${skill.name}/README.md`;
      const [prose = ""] = readFileSync(join(packageRoot, path), "utf8").split(MARK);
      return [path, `${prose.trimEnd()}\n\n${MARK}\n\n${dataOf(skill)}\n`] as const;
    }),
  );
}

function dataOf({ name, axes, goals, terms, constraints, success, limits }: Skill): string {
  const trial = trials[name]?.(defaultScene);
  const rows = goals.map((kind) => {
    const costs = (terms[kind] ?? []).map(({ term, weight, unit }) => `${weight} x ${term} [${unit}]`).join(" + ");
    const end = success[kind];
    return `| ${kind} | ${costs} | ${end ? `${end.test} ${end.threshold} ${end.unit}, ${end.steps} decisions in a row` : ""} |`;
  });
  return [
    "| goal | the planner minimises | it has succeeded, by what it perceives |\n|---|---|---|",
    `${rows.join("\n")}\n`,
    `Axes: ${axes?.join(", ") ?? "those of the model"}. Constraints: ${constraints.map(({ constraint }) => constraint).join(", ")}.`,
    `An attempt may take ${limits.decisions} decisions and ${limits.timeoutS} s.`,
    trial
      ? `Trials: the ${trial.object === null ? "tool" : "first loose thing of the scene"} must end within ${trial.successM} m of its goal, by the world's truth.`
      : "No trials are drawn for it.",
    Object.hasOwn(plays, name) ? "Scripted play teaches it in a simulation." : "It has no play of its own.",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const [path, text] of skillReadmes()) replaceFile(join(packageRoot, path), text);
