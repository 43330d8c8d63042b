/** Pictures whose every byte follows from their number, so that a receiver can tell a changed one. */
export const WIDTH_PX = 640;
export const HEIGHT_PX = 480;
export const BYTES = WIDTH_PX * HEIGHT_PX * 3;

/** Noise from one number: any shift, swap or cut of the bytes shows. */
export function pictureOf(number: number): Uint8Array {
  const words = new Uint32Array(BYTES / 4);
  let state = (number * 2_654_435_761 + 1) >>> 0;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer);
}
