/** What a shard says of itself beside its rows and pictures: which one it is, of which data, and what they were when it was written. */
import { createHash } from "node:crypto";
import { z } from "zod";

export interface ShardSeal {
  readonly shard: number;
  readonly rows: number;
  /** SHA-256 of the file of numbers, of the file of pictures, and of meta.json. */
  readonly rowsSha256: string;
  readonly framesSha256: string;
  readonly metaSha256: string;
  /** Where its rows come from; absent for play that was collected. */
  readonly source?: ShardSource | undefined;
}

/** A recorded run that became a shard. */
export interface ShardSource {
  /** SHA-256 of the recording's first file. */
  readonly recording: string;
  readonly robot: string;
  readonly provenance: "sim" | "gazebo" | "real";
  /** Hash of the model that decided. */
  readonly model: string;
}

export const SEAL_BYTES_MAX = 10_000;
const hash = z.string().regex(/^[0-9a-f]{64}$/);
export const sealSchema = z.strictObject({
  shard: z.int().nonnegative(),
  rows: z.int().positive(),
  rowsSha256: hash,
  framesSha256: hash,
  metaSha256: hash,
  source: z.strictObject({ recording: hash, robot: z.string(), provenance: z.enum(["sim", "gazebo", "real"]), model: hash }).optional(),
});

export const shardName = (index: number): string => `shard-${String(index).padStart(3, "0")}`;
export const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");
