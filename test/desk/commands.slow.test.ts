/** The commands for an arm on a desk, as a person types them, on a real serial port of this machine; and that two programs never share one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSerialPort } from "../../runtime/bridge/feetech/serial-port.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { cli } from "../helpers/cli.ts";
import { startArm } from "./arm-process.ts";

const LAUNCH = "launch/so101-desk-reach.launch.yaml";

test("find names the servos of a port; doctor measures its bus; a port that another program has is refused by both, and so is the run", async (context) => {
  await using arm = await startArm();
  const found = await cli("find", arm.port);
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /servos 1 \(STS3215, firmware 3\.10\), 2 .*6 \(STS3215, firmware 3\.10\)/);

  const doctor = await cli("doctor", LAUNCH, `backend.port:=${arm.port}`, "backend.answerMs:=25");
  assert.match(doctor.out, /servos +6 of 6 answer/);
  assert.match(doctor.out, /servo 3 \(elbow_flex\) +7\.[34] V, 25 degrees C; calibrated as the file says/);
  for (const line of doctor.out.split("\n").filter((text) => /round trip|lost answers/.test(text))) context.diagnostic(line.trim()); // Of a shared machine: told, not asserted.

  await using ours = await openSerialPort(arm.port);
  assert.equal(ours.name, arm.port);
  await assert.rejects(
    openSerialPort(arm.port),
    (error) => error instanceof AgentError && /another program has it .* end that first/.test(error.message),
  );
  const refused = await cli("doctor", LAUNCH, `backend.port:=${arm.port}`);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /bridge\.failed: port .*: another program has it/);
});

test("a port that is not there is refused with what to do", async () => {
  const { code, err } = await cli("doctor", LAUNCH, "backend.port:=/dev/ttyNOWHERE");
  assert.equal(code, 2);
  assert.match(err, /port \/dev\/ttyNOWHERE: it is not there .*plug it in, or look with foresight find/);
});
