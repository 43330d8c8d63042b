/** The bus contract: what any bus of servos must keep to, here Feetech's on the virtual arm, over a wire that loses, doubles and breaks bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../runtime/core/errors.ts";
import { IDS, virtualBus } from "../helpers/virtual-bus.ts";

const hasCode =
  (code: string, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof AgentError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

test("a servo says what it is; a number that nobody has answers nothing", async () => {
  await using under = await virtualBus();
  assert.deepEqual(await under.passUntil(under.bus.identify(3)), { id: 3, model: 777, modelName: "STS3215", firmware: "3.10" });
  assert.equal(await under.passUntil(under.bus.identify(9)), null);
  assert.deepEqual(under.bus.counts.byId.get(9), { asked: 6, lost: 6, late: 0 });
});

test("one sync read tells position, velocity, load, voltage, temperature and current of all", async () => {
  await using under = await virtualBus();
  const readings = await under.passUntil(under.bus.readAll(IDS, 8));
  assert.equal(readings.size, 6);
  const { positionSteps, voltageV, temperatureC, currentA, alarms } = readings.get(2)!;
  assert.ok(Math.abs(positionSteps - 1925) <= 1, `${positionSteps}`); // Home of shoulder_lift: -0.1885 rad.
  assert.ok(voltageV > 7 && voltageV <= 7.4 && temperatureC === 25 && currentA < 0.1);
  assert.deepEqual(alarms, []);
  assert.equal(under.port.written.length, 1);
});

test("goals are written to all in one frame, and each servo goes there no faster than it was told before", async () => {
  await using under = await virtualBus();
  const { positionSteps } = (await under.passUntil(under.bus.readAll(IDS, 8))).get(1)!;
  await under.passUntil(under.bus.writeGoal(1, { positionSteps, velocityStepsPerSMax: 400 }));
  for (const id of IDS) await under.passUntil(under.bus.setTorque(id, true));
  await under.passUntil(under.bus.writeGoals(new Map([[1, 2248]])));
  await under.passMs(250);
  const halfway = under.body.angleRad(0) * (4096 / (2 * Math.PI));
  assert.ok(halfway > 20 && halfway < 110, `${halfway} steps after 250 ms at 400 a second`);
  await under.passMs(1500);
  const there = under.body.angleRad(0) * (4096 / (2 * Math.PI));
  assert.ok(Math.abs(there - 200) < 3, `${there}`);
});

test("EEPROM is written only unlocked, only what is named, and locked again; what a locked servo refuses is told", async () => {
  await using under = await virtualBus();
  await under.passUntil(under.bus.writeSettings(4, { offsetSteps: -85, positionMinSteps: 900, gainP: 16 }));
  const { table } = under.arm.servos[3]!;
  assert.deepEqual([table.get("offsetSteps"), table.get("positionMinSteps"), table.get("gainP"), table.get("lock")], [-85, 900, 16, 1]);
  assert.equal((await under.passUntil(under.bus.readSettings(4))).offsetSteps, -85);
  const { write } = table;
  Object.assign(table, { write: (address: number, bytes: Uint8Array) => address !== 55 && write(address, bytes) }); // Its lock is stuck.
  await assert.rejects(
    under.passUntil(under.bus.writeSettings(4, { gainP: 20 })),
    hasCode("bridge.refused", /servo 4 on memory: register 21 reads \[16\] after \[20\]/),
  );
});

test("a servo gets another number, and answers to it from then on", async () => {
  await using under = await virtualBus();
  await under.passUntil(under.bus.writeSettings(6, { id: 12 }));
  assert.equal((await under.passUntil(under.bus.identify(12)))?.id, 12);
  assert.equal(await under.passUntil(under.bus.identify(6)), null);
});

test("a servo whose cable is out is named; the others are read all the same", async () => {
  await using under = await virtualBus();
  Object.assign(under.arm.servos[2]!, { isThere: false });
  const readings = await under.passUntil(under.bus.readAll(IDS, 8));
  assert.deepEqual([...readings.keys()], [1, 2, 4, 5, 6]);
  await assert.rejects(
    under.passUntil(under.bus.readSettings(3)),
    hasCode("bridge.timeout", /^servo 3 on memory did not answer 6 times within 2 ms/),
  );
});

for (const [name, faults] of [
  ["loses", { lose: 0.01 }],
  ["doubles", { double: 0.01 }],
  ["breaks", { corrupt: 0.01 }],
] as const)
  test(`with a wire that ${name} one byte in a hundred most rounds are whole within a beat, and what is believed is true`, async () => {
    await using under = await virtualBus({ seed: 3 });
    Object.assign(under.arm.wire, faults);
    const [rounds, toleranceSteps] = [100, 3];
    let [whole, wrong] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const readings = await under.passUntil(under.bus.readAll(IDS, 8));
      if (readings.size === IDS.length) whole++;
      for (const [id, { positionSteps }] of readings)
        if (Math.abs(positionSteps - under.arm.servos[id - 1]!.table.get("positionSteps")) > toleranceSteps) wrong++;
    }
    assert.ok(whole > 0.8 * rounds, `${whole} of ${rounds} rounds whole`);
    assert.equal(wrong, 0);
    assert.ok([...under.bus.counts.byId.values()].some(({ lost }) => lost > 0));
    assert.equal((await under.passUntil(under.bus.readSettings(5))).id, 5);
  });

test("transactions wait for one another: two questions at the same time are two frames, one after the other's answer", async () => {
  await using under = await virtualBus();
  const both = Promise.all([under.bus.identify(1), under.bus.identify(2)]);
  assert.equal(under.port.written.length, 0);
  const [first, second] = await under.passUntil(both);
  assert.deepEqual([first?.id, second?.id, under.port.written.length], [1, 2, 2]);
});

test("a port that goes away says why once, and nothing waits for it", async () => {
  await using under = await virtualBus();
  const told: AgentError[] = [];
  under.bus.lost.subscribe((error) => told.push(error));
  const asked = under.bus.readAll(IDS, 8);
  under.port.unplug("it was unplugged");
  assert.equal((await under.passUntil(asked)).size, 0);
  assert.deepEqual(
    told.map(({ code, message }) => [code, message]),
    [["bridge.lost", "port memory: it was unplugged; look at the USB cable and the power, then resume"]],
  );
});
