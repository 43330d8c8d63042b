/**
 * What is said behind a frame of goals, so that one which lost bytes finds no checksum that fits.
 * A servo that misses k bytes takes the next k for the frame's end, and the last of them for its checksum.
 * Behind it come equal bytes of our choice: those fit only where the lost bytes add up to k times such a byte (mod 256), which is avoided.
 * Seen on the virtual arm, with one byte in a hundred lost and the next frame's FF FF right behind: a wrist at rest turned by 1.9 rad.
 */

/** As many lost bytes find only these behind them. */
const FILL_BYTES = 4;
const HEADER = 0xff;
const HEADER_BYTES = 2;
const VALUES = 256;
/** Three lost bytes rather than two, on a wire that loses one in a hundred. */
const RARER = 100;

/** The frame and what is said behind it. */
export function filled(frame: Uint8Array): Uint8Array {
  const [ofTwo, ofThree] = sums(frame.subarray(HEADER_BYTES));
  let [best, leastHarm] = [0, Number.POSITIVE_INFINITY];
  for (let fill = 0; fill < VALUES; fill++) {
    if (fill === HEADER || frame.includes(fill)) continue;
    const harm = RARER * ofTwo[(2 * fill) % VALUES]! + ofThree[(3 * fill) % VALUES]!;
    if (harm < leastHarm) [best, leastHarm] = [fill, harm];
  }
  const bytes = new Uint8Array(frame.length + FILL_BYTES).fill(best);
  bytes.set(frame);
  return bytes;
}

/** How many pairs, and how many triples, of these bytes add up to each value. */
function sums(bytes: Uint8Array): readonly [ofTwo: Uint32Array, ofThree: Uint32Array] {
  const [ofTwo, ofThree] = [new Uint32Array(VALUES), new Uint32Array(VALUES)];
  for (let first = 0; first < bytes.length; first++)
    for (let second = first + 1; second < bytes.length; second++) {
      const sum = bytes[first]! + bytes[second]!;
      ofTwo[sum % VALUES]!++;
      for (let third = second + 1; third < bytes.length; third++) ofThree[(sum + bytes[third]!) % VALUES]!++;
    }
  return [ofTwo, ofThree];
}
