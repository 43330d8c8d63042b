/** The pictures that lie beside a model with what it makes of them: what stands for its imagination before anything was seen in a run. */
import { join } from "node:path";
import sharp from "sharp";
import * as z from "zod";
import { parseJson } from "../../runtime/core/json.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import { plainText } from "../../runtime/core/plain-file.ts";
import type { Latent } from "../../runtime/core/planning.ts";
import type { Frame } from "../../runtime/core/sensing.ts";
import { sha256 } from "../../runtime/core/sha256.ts";
import { decodePicture } from "../../runtime/record/channels/pictures.ts";

/** `frames` show what `latent` believes. */
export interface KeptSight {
  readonly latent: Latent;
  readonly frames: readonly Frame[];
}

export const SIGHTS_MAX = 64;
export const SIGHTS_FILE = "sights.json";
const BYTES_MAX = 2 * 2 ** 20;
const JPEG = { quality: 80 } as const;

const schema = z.strictObject({
  /** SHA-256 of the encoder that made the latents: another makes others. */
  encoder: z.string().length(64),
  sights: z
    .array(
      z.strictObject({
        latent: z.base64().max(65_536),
        pictures: z.array(z.strictObject({ camera: z.string().max(128), jpeg: z.base64() })).max(8),
      }),
    )
    .max(SIGHTS_MAX),
});

/** None where the card knows of none, where the file is not the one it names, is of another encoder, or cannot be read: a page does without. */
export async function sightsOf({ folder, spec }: Pick<ModelPackage, "folder" | "spec">): Promise<readonly KeptSight[]> {
  try {
    const text = plainText(join(folder, SIGHTS_FILE), BYTES_MAX);
    if (sha256(text) !== spec.sights) return [];
    const { encoder, sights } = schema.parse(parseJson(text));
    if (encoder !== spec.files.encoder.sha256) return [];
    return await Promise.all(
      sights.map(async ({ latent, pictures }) => ({
        latent: new Float32Array(Uint8Array.from(Buffer.from(latent, "base64")).buffer),
        frames: await Promise.all(
          pictures.map(async ({ camera, jpeg }) => ({
            ...{ camera, stampNs: 0n, receivedNs: 0n },
            ...(await decodePicture(Buffer.from(jpeg, "base64"))),
          })),
        ),
      })),
    );
  } catch {
    return [];
  }
}

/** As the text of that file. */
export async function sightsText({ spec }: Pick<ModelPackage, "spec">, sights: readonly KeptSight[]): Promise<string> {
  const kept = sights.map(async ({ latent, frames }) => ({
    latent: Buffer.from(latent.buffer, latent.byteOffset, latent.byteLength).toString("base64"),
    pictures: await Promise.all(frames.map(async (frame) => ({ camera: frame.camera, jpeg: (await jpegOf(frame)).toString("base64") }))),
  }));
  return `${JSON.stringify({ encoder: spec.files.encoder.sha256, sights: await Promise.all(kept) })}\n`;
}

const jpegOf = ({ rgb, widthPx, heightPx }: Frame): Promise<Buffer> =>
  sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg(JPEG)
    .toBuffer();
