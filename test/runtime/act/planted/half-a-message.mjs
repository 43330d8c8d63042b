// A child that says one thing, begins another and ends: all in one write, so that both are read together. Its channel is descriptor 3.
import { writeSync } from "node:fs";
import { serialize } from "node:v8";

const message = serialize({ kind: "first" });
const length = Buffer.alloc(4);
length.writeUInt32BE(message.length);
writeSync(3, Buffer.concat([length, message, length, message.subarray(0, 3)]));
process.stdin.on("data", () => process.exit()).resume();
