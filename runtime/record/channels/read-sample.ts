/** From messages back to what was sensed, every number and every pixel as it was. */
import * as z from "zod";
import { gripperField } from "../../core/gripper.ts";
import { parseJson } from "../../core/json.ts";
import type { Frame, GripperReading, JointState } from "../../core/sensing.ts";
import { exact } from "./exact-schema.ts";
import { PICTURE_FORMATS } from "./picture-formats.ts";
import { decodePicture } from "./pictures.ts";

export interface Received {
  readonly stampNs: bigint;
  readonly receivedNs: bigint;
  readonly data: Uint8Array;
}

const image = z.looseObject({ frame_id: z.string(), format: z.enum(PICTURE_FORMATS), data: z.base64() });
const floats = z
  .array(exact)
  .max(64)
  .transform((values) => Float64Array.from(values));
const joints = z.looseObject({
  joints: z
    .array(z.looseObject({ position: z.number().optional(), velocity: z.number().optional(), effort: z.number().optional() }))
    .max(64),
  /** Beside the joints where a reading was no number, or they were not as many. */
  positionRad: floats.optional(),
  velocityRadPerS: floats.optional(),
  gripper: z.strictObject({ openingM: exact, effortN: exact.optional() }).optional(),
});

const utf8 = new TextDecoder("utf-8", { fatal: true });
export const jsonOf = (data: Uint8Array): unknown => parseJson(utf8.decode(data));

/** Throws SyntaxError, ZodError, or Error for what is no picture. */
export async function frameOf({ stampNs, receivedNs, data }: Received): Promise<Frame & { readonly isLossy: boolean }> {
  const { frame_id, format, data: bytes } = image.parse(jsonOf(data));
  return { camera: frame_id, stampNs, receivedNs, isLossy: format !== "png", ...(await decodePicture(Buffer.from(bytes, "base64"))) };
}

/** Throws SyntaxError or ZodError. */
export function jointsOf({ stampNs, receivedNs, data }: Received): JointState {
  const { joints: states, positionRad, velocityRadPerS, gripper } = joints.parse(jsonOf(data));
  return {
    positionRad: positionRad ?? Float64Array.from(states, ({ position }) => position ?? Number.NaN),
    velocityRadPerS: velocityRadPerS ?? Float64Array.from(states, ({ velocity }) => velocity ?? Number.NaN),
    ...(states.length > 0 && states.every(({ effort }) => effort !== undefined)
      ? { effortNm: Float64Array.from(states, ({ effort }) => effort!) }
      : {}),
    ...gripperField(gripper as GripperReading | undefined), // An absent effort stays absent.
    stampNs,
    receivedNs,
  };
}
