/** Words that every part of the launch file's schema uses. */
import * as z from "zod";
import { MODEL_NAME, MODEL_NAME_IS } from "../../runtime/core/model.ts";

export const about = (description: string) => ({ description });
export { placeIn as vec3 } from "../../runtime/core/bounds.ts";
export const name = z.string().regex(MODEL_NAME, MODEL_NAME_IS);
export const seed = z.int().min(0).max(0xffff_ffff);
/** How a launch file spells a secret that is in the environment. */
export const ENV_REFERENCE = "$" + "{env:NAME}";
/** The path of a certificate or a key. */
export const pemFile = (what: string) =>
  z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta(about(`${what}, a PEM file; null for none`));
