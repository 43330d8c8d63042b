/** Numbers and stamps as `plain` writes them, for whoever reads them back. */
import * as z from "zod";

export const exact = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]);

export const stamp = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt);
