/** The tests' own plumbing: what a Python program tells is whole, whatever the middleware in it prints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rosSkip, startPython } from "./peer.ts";

test("what the middleware prints on standard output, half a line or a whole one, never mixes with what a program tells", {
  skip: rosSkip,
}, async () => {
  await using partner = await startPython("partner.py", []);
  await partner.order({ param: { name: "answer", value: 42 } });
  for (const text of ["half a line", "\u001b[31ma coloured line\u001b[0m\n", '{"what": "now"', "\n"]) {
    await partner.order({ print: text });
    const told = partner.next("param");
    await partner.order({ read_param: "answer" });
    assert.equal((await told)["value"], 42);
  }
  assert.deepEqual([...new Set(partner.told.map(({ what }) => what))], ["ready", "obeyed", "param"]);
});
