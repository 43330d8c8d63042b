/** SDF as plain objects, and from there to text: numbers, vectors and poses spelled one way, so that the same scene gives the same bytes. */
import { XMLBuilder } from "fast-xml-parser";
import { invariant } from "../../runtime/core/errors.ts";

/** An element: attributes have an "@" before their name, "#text" is the text, an array is the element repeated. */
export interface Element {
  readonly [name: string]: Value | undefined;
}
export type Value = string | number | boolean | Element | readonly Value[];

/** Digits that survive: far below what physics resolves, far above what compilers of other machines change. */
const DIGITS = 9;
const COLOUR_DIGITS = 6;
/** Smaller than this is a rounding error of a rotation. */
const ZERO = 1e-12;

/** Text with an XML declaration and a comment before the root. */
export function toXml(root: Element, comment: string): string {
  const builder = new XMLBuilder({
    attributeNamePrefix: "@",
    ignoreAttributes: false,
    commentPropName: "#comment",
    format: true,
    indentBy: "  ",
    suppressEmptyNode: true,
  });
  return `<?xml version="1.0"?>\n<!-- ${comment} -->\n${builder.build(root)}`;
}

/** Finite numbers only. */
export function numberText(value: number): string {
  invariant(Number.isFinite(value), `${value} cannot be written into a world file`);
  return Math.abs(value) < ZERO ? "0" : String(Number(value.toPrecision(DIGITS)));
}

/** Colours are float32 in MuJoCo, so fewer digits; 0..1 a channel. */
export const colourText = (channels: readonly number[]): string =>
  vectorText(channels.map((value) => Number(value.toPrecision(COLOUR_DIGITS))));

export const vectorText = (values: ArrayLike<number>): string => Array.from(values, numberText).join(" ");

/** `quaternion` is (w, x, y, z), as MuJoCo has it; without `relativeTo` it is in the parent element's frame, and nothing where it is that frame. */
export function poseElement(positionM: ArrayLike<number>, quaternion: ArrayLike<number>, relativeTo?: string): Element | undefined {
  const [w, x, y, z] = Array.from(quaternion);
  const isSame = Math.hypot(...Array.from(positionM), x!, y!, z!) < ZERO;
  if (isSame && relativeTo === undefined) return undefined;
  const sign = w! < -ZERO ? -1 : 1; // Both signs are the same turn; one of them is written.
  return {
    ...(relativeTo === undefined ? {} : { "@relative_to": relativeTo }),
    "@rotation_format": "quat_xyzw",
    "#text": vectorText([...Array.from(positionM), sign * x!, sign * y!, sign * z!, sign * w!]),
  };
}
