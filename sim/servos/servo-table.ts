/** The table of one virtual STS3215: its bytes, what of them may be written and when. What is above it gives them meaning. */
import {
  decode,
  EEPROM_END,
  encode,
  REGISTERS,
  type Register,
  type RegisterName,
  STS3215,
} from "../../runtime/bridge/feetech/registers.ts";

const TABLE_BYTES = 96;

/** As from the factory, but for its number. */
const FACTORY: Partial<Readonly<Record<RegisterName, number>>> = {
  firmwareMajor: 3,
  firmwareMinor: 10,
  model: STS3215,
  baudRate: 0,
  returnDelayUs: 500,
  statusLevel: 1,
  positionMinSteps: 0,
  positionMaxSteps: 4095,
  temperatureMaxC: 70,
  voltageMaxV: 8,
  voltageMinV: 4,
  torqueMaxShare: 1,
  gainP: 32,
  gainD: 32,
  gainI: 0,
  protectionCurrentA: 3.25,
  protectiveTorqueShare: 0.2,
  protectionTimeMs: 2000,
  overloadTorqueShare: 0.8,
  accelerationMax: 254,
};

export interface ServoTable {
  get(name: RegisterName): number;
  /** By the servo itself: its own readings among them. */
  set(name: RegisterName, value: number): void;
  /** Zeros beyond the table. */
  read(address: number, length: number): Uint8Array;
  /** By its master: read-only and locked bytes stay as they are. */
  write(address: number, bytes: Uint8Array): void;
  /** The power was off: what is not EEPROM is as at every start. */
  reboot(): void;
}

export function createServoTable(id: number): ServoTable {
  const bytes = new Uint8Array(TABLE_BYTES);
  const isReadOnly = new Uint8Array(TABLE_BYTES);
  for (const { address, bytes: length, isReadOnly: is = false } of Object.values<Register>(REGISTERS))
    if (is) isReadOnly.fill(1, address, address + length);

  const set = (name: RegisterName, value: number): void => bytes.set(encode(REGISTERS[name], value), REGISTERS[name].address);
  const get = (name: RegisterName): number => decode(REGISTERS[name], bytes, REGISTERS[name].address);
  const reboot = (): void => {
    bytes.fill(0, EEPROM_END, REGISTERS.accelerationMax.address);
    set("torqueLimitShare", get("torqueMaxShare"));
    set("lock", 1);
  };
  for (const [name, value] of Object.entries(FACTORY)) set(name as RegisterName, value);
  set("id", id);
  reboot();
  return {
    get,
    set,
    reboot,
    read(address, length) {
      const data = new Uint8Array(length);
      data.set(bytes.subarray(address, Math.min(TABLE_BYTES, address + length)));
      return data;
    },
    write(address, data) {
      for (const [index, byte] of data.entries()) {
        const at = address + index;
        const isLocked = at < EEPROM_END && get("lock") !== 0;
        if (at < TABLE_BYTES && !isReadOnly[at] && !isLocked) bytes[at] = byte;
      }
    },
  };
}
