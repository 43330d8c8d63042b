/** Words that every part of the launch file's schema uses. */
import * as z from "zod";

export const about = (description: string) => ({ description });
export const vec3 = z.tuple([z.number(), z.number(), z.number()]);
export const name = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, "letters, digits, dot, dash and underscore only");
export const seed = z.int().min(0).max(0xffff_ffff);
