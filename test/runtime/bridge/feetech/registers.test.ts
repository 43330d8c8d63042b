/** Registers: signs as sign and magnitude, units, and that what does not fit is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decode, encode, REGISTERS, type Register } from "../../../../runtime/bridge/feetech/registers.ts";

test("signs are sign and magnitude: -5 steps is 8005 hex, an offset of -5 is 0805 hex", () => {
  assert.deepEqual([...encode(REGISTERS.goalSteps, -5)], [5, 0x80]);
  assert.deepEqual([...encode(REGISTERS.offsetSteps, -5)], [5, 8]);
  assert.equal(decode(REGISTERS.loadShare, Uint8Array.of(0xf4, 0x05)), -0.5);
});

test("units: volts of 0.1, amperes of 6.5 mA, microseconds of 2", () => {
  assert.ok(Math.abs(decode(REGISTERS.voltageV, Uint8Array.of(74)) - 7.4) < 1e-9);
  assert.ok(Math.abs(decode(REGISTERS.currentA, Uint8Array.of(100, 0)) - 0.65) < 1e-9);
  assert.equal(decode(REGISTERS.returnDelayUs, Uint8Array.of(250)), 500);
});

test("an offset beyond 2047 steps is refused: its register has eleven bits", () => {
  assert.throws(() => encode(REGISTERS.offsetSteps, 2114), /2114 is 2114 counts, must be -2047 to 2047/);
});

test("every register says back what it was told, to its unit", () => {
  for (const [name, register] of Object.entries<Register>(REGISTERS)) {
    const max = register.signBit === undefined ? 2 ** (8 * register.bytes) - 1 : 2 ** register.signBit - 1;
    fc.assert(
      fc.property(fc.integer({ min: register.signBit === undefined ? 0 : -max, max }), (counts) => {
        const value = decode(register, encode(register, counts * register.unit));
        assert.ok(Math.abs(value - counts * register.unit) < 1e-9, `${name} ${counts}`);
      }),
      { numRuns: 50 },
    );
  }
});

test("no two registers lie on one another", () => {
  const taken = new Map<number, string>();
  for (const [name, { address, bytes }] of Object.entries<Register>(REGISTERS))
    for (let at = address; at < address + bytes; at++) {
      assert.equal(taken.get(at), undefined, `${name} and ${taken.get(at)} at ${at}`);
      taken.set(at, name);
    }
});
