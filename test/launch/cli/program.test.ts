/** The commands stand in one place: the list of them is theirs, the README names none that is not there, and every one says what it does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { each, positiveIntegerUpTo } from "../../../launch/cli/command-line.ts";
import { createProgram } from "../../../launch/cli/program.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";

const textOf = (name: string): string => readFileSync(join(packageRoot, name), "utf8");
/** The commands of the rows of a table. */
const listedIn = (text: string): readonly string[] =>
  [...text.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!));
const all = (command: Command): readonly Command[] => command.commands.flatMap((each) => [each, ...all(each)]);
const program = createProgram();

test("the list names every command, and neither it nor the README's names one that is not there", () => {
  const names = program.commands.map((command) => command.name());
  assert.deepEqual([...listedIn(textOf("launch/commands.md"))].sort(), [...names].sort());
  const first = listedIn(/\n## Commands\n([\s\S]*?)\n## /.exec(textOf("README.md"))?.[1] ?? "");
  assert.ok(first.includes("run"));
  assert.deepEqual(
    first.filter((name) => !names.includes(name)),
    [],
  );
});

test("every command, and every option of one, says what it is", () => {
  for (const command of all(program)) {
    assert.ok(command.description().length > 10, `${command.name()}: no description`);
    for (const option of command.options) assert.ok(option.description.length > 3, `${command.name()} ${option.flags}: no description`);
  }
});

test("each value of an option that takes several is looked at, and the first replaces the default", () => {
  const numbers = each(positiveIntegerUpTo(4096));
  assert.deepEqual([numbers("8"), numbers("16")].at(-1), [8, 16]);
  for (const odd of ["x", "0", "-1", "1.5", "5000", "NaN"])
    assert.throws(() => each(positiveIntegerUpTo(4096))(odd), { code: "commander.invalidArgument" }, odd);
});
