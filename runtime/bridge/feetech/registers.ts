/** The registers of Feetech's STS series: where each is, how many bytes, how its sign is said, and its unit. Little endian. */

/** Below it is EEPROM: written only with `lock` 0, wears out, survives power. */
export const EEPROM_END = 40;
export const STEPS_PER_TURN = 4096;
/** What register `model` of an STS3215 says. */
export const STS3215 = 777;

export interface Register {
  readonly address: number;
  readonly bytes: 1 | 2;
  /** Sign and magnitude, not two's complement: the bit that says negative. */
  readonly signBit?: number;
  /** One count is so much of the unit in its name. */
  readonly unit: number;
  readonly isReadOnly?: boolean;
}

const at = (address: number, bytes: 1 | 2, more: Partial<Register> = {}): Register => ({ address, bytes, unit: 1, ...more });
const told = { isReadOnly: true } as const;

export const REGISTERS = {
  firmwareMajor: at(0, 1, told),
  firmwareMinor: at(1, 1, told),
  model: at(3, 2, told),
  id: at(5, 1),
  baudRate: at(6, 1),
  returnDelayUs: at(7, 1, { unit: 2 }),
  statusLevel: at(8, 1),
  positionMinSteps: at(9, 2),
  positionMaxSteps: at(11, 2),
  temperatureMaxC: at(13, 1),
  voltageMaxV: at(14, 1, { unit: 0.1 }),
  voltageMinV: at(15, 1, { unit: 0.1 }),
  torqueMaxShare: at(16, 2, { unit: 0.001 }),
  gainP: at(21, 1),
  gainD: at(22, 1),
  gainI: at(23, 1),
  protectionCurrentA: at(28, 2, { unit: 0.0065 }),
  offsetSteps: at(31, 2, { signBit: 11 }),
  mode: at(33, 1),
  protectiveTorqueShare: at(34, 1, { unit: 0.01 }),
  protectionTimeMs: at(35, 1, { unit: 10 }),
  overloadTorqueShare: at(36, 1, { unit: 0.01 }),
  torqueEnable: at(40, 1),
  acceleration: at(41, 1),
  goalSteps: at(42, 2, { signBit: 15 }),
  goalTimeMs: at(44, 2),
  goalVelocityStepsPerS: at(46, 2, { signBit: 15 }),
  torqueLimitShare: at(48, 2, { unit: 0.001 }),
  lock: at(55, 1),
  positionSteps: at(56, 2, { signBit: 15, ...told }),
  velocityStepsPerS: at(58, 2, { signBit: 15, ...told }),
  loadShare: at(60, 2, { signBit: 10, unit: 0.001, ...told }),
  voltageV: at(62, 1, { unit: 0.1, ...told }),
  temperatureC: at(63, 1, told),
  status: at(65, 1, told),
  isMoving: at(66, 1, told),
  currentA: at(69, 2, { signBit: 15, unit: 0.0065, ...told }),
  accelerationMax: at(85, 1),
} as const satisfies Record<string, Register>;
export type RegisterName = keyof typeof REGISTERS;

/** Bits of the error byte that comes with every answer, and of register `status`. */
export const ALARM_BITS = { voltage: 0, sensor: 1, overheat: 2, overcurrent: 3, overload: 5 } as const;

/** The value in its unit, from bytes that begin at the register. */
export function decode({ bytes, signBit, unit }: Register, data: Uint8Array, from = 0): number {
  const counts = bytes === 1 ? data[from]! : data[from]! | (data[from + 1]! << 8);
  if (signBit === undefined) return counts * unit;
  const magnitude = (counts & ((1 << signBit) - 1)) * unit;
  return counts & (1 << signBit) ? -magnitude : magnitude;
}

/** What the register can say nearest to a value in its unit. Throws RangeError beyond what its bits hold. */
export function encode({ bytes, signBit, unit }: Register, value: number): Uint8Array {
  const counts = Math.round(value / unit);
  const magnitudeMax = signBit === undefined ? 2 ** (8 * bytes) - 1 : 2 ** signBit - 1;
  if (!(Math.abs(counts) <= magnitudeMax) || (counts < 0 && signBit === undefined))
    throw new RangeError(`${value} is ${counts} counts, must be ${signBit === undefined ? 0 : -magnitudeMax} to ${magnitudeMax}`);
  const word = Math.abs(counts) | (counts < 0 ? 1 << signBit! : 0);
  return bytes === 1 ? Uint8Array.of(word) : Uint8Array.of(word & 0xff, word >> 8);
}
