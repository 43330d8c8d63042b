/** Colours by hue, saturation and value, so that one of them can be drawn while the others stay. */
import type { Rgb } from "../../runtime/core/scene.ts";

export interface Hsv {
  /** 0 is red, a third of a turn green, two thirds blue. */
  readonly hueRad: number;
  /** 0..1, as the value. */
  readonly saturation: number;
  readonly value: number;
}

const SIXTH_RAD = Math.PI / 3;

/** The hue of a grey is 0. */
export function hsvOf([r, g, b]: Rgb): Hsv {
  const value = Math.max(r, g, b);
  const spread = value - Math.min(r, g, b);
  const sixth = spread === 0 ? 0 : value === r ? (g - b) / spread : value === g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
  return { hueRad: ((sixth + 6) % 6) * SIXTH_RAD, saturation: value === 0 ? 0 : spread / value, value };
}

export function rgbOf({ hueRad, saturation, value }: Hsv): Rgb {
  const channel = (offset: number): number => {
    const sixth = (((hueRad / SIXTH_RAD + offset) % 6) + 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(1, sixth, 4 - sixth)));
  };
  return [channel(5), channel(3), channel(1)];
}
