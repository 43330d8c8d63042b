/** The name of some bytes: what was checked, trained or loaded is known by it. */
import { createHash } from "node:crypto";

/** 64 lower-case hexadecimal digits. */
export const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");
