/** Every encoding against one known picture: what a camera would publish of it, padded and with its bytes in either order, becomes that picture again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ImageParts, readImage } from "../../../../runtime/bridge/ros2/image.ts";

const [WIDTH, HEIGHT] = [16, 12];
type Colour = readonly [number, number, number];
type Picture = (column: number, row: number) => Colour;

/** Patches of 4 x 4 pixels, pure and mixed colours, black and white. */
const PATCHES: readonly Colour[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [200, 120, 40],
  [17, 99, 180],
  [128, 128, 128],
  [90, 200, 150],
  [240, 230, 10],
  [64, 10, 200],
  [30, 60, 90],
];
const patches: Picture = (column, row) => PATCHES[4 * (row >> 2) + (column >> 2)]!;
/** Rising evenly to the right, downwards, and both: what a mosaic's neighbours mean exactly. */
const slopes: Picture = (column, row) => [20 + 12 * column, 10 + 16 * row, 200 - 4 * column - 6 * row];

/** Cb and Cr of BT.601 with 16 to 235, by the coefficients of the standard. */
function ycbcr([r, g, b]: Colour): Colour {
  const y = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255;
  const cb = 128 + (-37.797 * r - 74.203 * g + 112 * b) / 255;
  const cr = 128 + (112 * r - 93.786 * g - 18.214 * b) / 255;
  return [Math.round(y), Math.round(cb), Math.round(cr)];
}

/** Rows of bytes, each `pad` longer than it needs to be. */
function image(encoding: string, rows: readonly (readonly number[])[], pad: number, more: Partial<ImageParts> = {}): ImageParts {
  const step = rows[0]!.length + pad;
  const data = new Uint8Array(step * rows.length + 1).fill(0xaa);
  rows.forEach((row, index) => void data.set(row, 1 + index * step));
  return { encoding, widthPx: WIDTH, heightPx: HEIGHT, step, data: data.subarray(1), ...more }; // As a view that is not aligned.
}

const columns = Array.from({ length: WIDTH }, (_, column) => column);
const rows = Array.from({ length: HEIGHT }, (_, row) => row);
const pixels = (picture: Picture, bytesOf: (colour: Colour, column: number, row: number) => readonly number[]): readonly number[][] =>
  rows.map((row) => columns.flatMap((column) => [...bytesOf(picture(column, row), column, row)]));

/** `margin` pixels of the rim are left out. */
function assertShows(
  parts: ImageParts,
  picture: Picture,
  tolerance: number,
  margin = 0,
  depthM: readonly [number, number] | null = null,
): void {
  const reading = readImage(parts, depthM);
  assert.ok(reading.kind === "picture", JSON.stringify(reading));
  for (const row of rows.slice(margin, HEIGHT - margin))
    for (const column of columns.slice(margin, WIDTH - margin))
      for (const [channel, expected] of picture(column, row).entries()) {
        const found = reading.picture.rgb[(row * WIDTH + column) * 3 + channel]!;
        assert.ok(Math.abs(found - expected) <= tolerance, `(${column}, ${row}) channel ${channel}: ${found}, not ${expected}`);
      }
}

const grey: Picture = (column, row) => {
  const [value] = slopes(column, row);
  return [value, value, value];
};

for (const pad of [0, 5]) {
  const padded = pad > 0 ? `, rows padded by ${pad} bytes` : "";

  test(`OpenCV's 8UC1, 8UC3 and 8UC4 are grey, BGR and BGRA${padded}`, () => {
    assertShows(
      image(
        "8UC1",
        pixels(grey, ([value]) => [value]),
        pad,
      ),
      grey,
      0,
    );
    assertShows(
      image(
        "8UC3",
        pixels(patches, ([r, g, b]) => [b, g, r]),
        pad,
      ),
      patches,
      0,
    );
    assertShows(
      image(
        "8UC4",
        pixels(patches, ([r, g, b]) => [b, g, r, 7]),
        pad,
      ),
      patches,
      0,
    );
  });

  test(`two bytes a channel, the high one first or last${padded}`, () => {
    for (const isBigEndian of [false, true]) {
      const wide = (value: number): number[] => (isBigEndian ? [value, 0x55] : [0x55, value]);
      const more = { isBigEndian };
      assertShows(
        image(
          "rgb16",
          pixels(patches, (colour) => colour.flatMap(wide)),
          pad,
          more,
        ),
        patches,
        0,
      );
      assertShows(
        image(
          "bgr16",
          pixels(patches, ([r, g, b]) => [b, g, r].flatMap(wide)),
          pad,
          more,
        ),
        patches,
        0,
      );
      assertShows(
        image(
          "rgba16",
          pixels(patches, (colour) => [...colour, 1].flatMap(wide)),
          pad,
          more,
        ),
        patches,
        0,
      );
      assertShows(
        image(
          "bgra16",
          pixels(patches, ([r, g, b]) => [b, g, r, 1].flatMap(wide)),
          pad,
          more,
        ),
        patches,
        0,
      );
      assertShows(
        image(
          "mono16",
          pixels(grey, ([value]) => wide(value)),
          pad,
          more,
        ),
        grey,
        0,
      );
    }
  });

  test(`yuv422: U Y V Y, and Y U Y V under its two names${padded}`, () => {
    const uyvy = pixels(patches, (colour, column) => [ycbcr(colour)[1 + (column % 2)]!, ycbcr(colour)[0]]);
    const yuyv = pixels(patches, (colour, column) => [ycbcr(colour)[0], ycbcr(colour)[1 + (column % 2)]!]);
    for (const name of ["yuv422", "uyvy"]) assertShows(image(name, uyvy, pad), patches, 3);
    for (const name of ["yuv422_yuy2", "yuyv"]) assertShows(image(name, yuyv, pad), patches, 3);
  });

  test(`nv12, nv21 and nv24: brightness first, pairs of colour behind it${padded}`, () => {
    const luma = pixels(patches, (colour) => [ycbcr(colour)[0]]);
    const chroma = (order: readonly [1 | 2, 1 | 2]): number[][] =>
      rows
        .filter((row) => row % 2 === 0)
        .map((row) =>
          columns.filter((column) => column % 2 === 0).flatMap((column) => order.map((each) => ycbcr(patches(column, row))[each]!)),
        );
    assertShows(image("nv12", [...luma, ...chroma([1, 2])], pad), patches, 3);
    assertShows(image("nv21", [...luma, ...chroma([2, 1])], pad), patches, 3);
    if (pad > 0) return; // A row of full pairs is two rows long, so its padding is in the middle of it.
    const full = pixels(patches, (colour) => ycbcr(colour).slice(1));
    assertShows(image("nv24", [...luma, ...full.flatMap((row) => [row.slice(0, WIDTH), row.slice(WIDTH)])], pad), patches, 3);
  });

  for (const pattern of ["rggb", "bggr", "gbrg", "grbg"]) {
    test(`bayer ${pattern}: even slopes come back exactly, of a byte and of two in either order${padded}`, () => {
      const channel = (column: number, row: number): number => "rgb".indexOf(pattern[(row % 2) * 2 + (column % 2)]!);
      assertShows(
        image(
          `bayer_${pattern}8`,
          pixels(slopes, (colour, column, row) => [colour[channel(column, row)]!]),
          pad,
        ),
        slopes,
        0,
        1,
      );
      for (const isBigEndian of [false, true]) {
        const wide = (value: number): number[] => (isBigEndian ? [value, 3] : [3, value]);
        const mosaic = pixels(slopes, (colour, column, row) => wide(colour[channel(column, row)]!));
        assertShows(image(`bayer_${pattern}16`, mosaic, pad, { isBigEndian }), slopes, 0, 1);
      }
    });
  }

  test(`distances become a picture between the two that are given: near white, far black, unknown black${padded}`, () => {
    const RANGE = [0.5, 1.5] as const;
    const distanceM: (column: number, row: number) => number = (column, row) =>
      column === 0 ? 0 : column === 1 ? 0.2 : column === 2 ? 3 : 0.5 + (column * HEIGHT + row) / (WIDTH * HEIGHT);
    const expected: Picture = (column, row) => {
      const share = column === 0 || column === 2 ? 0 : column === 1 ? 1 : 1.5 - distanceM(column, row);
      const value = Math.round(255 * share);
      return [value, value, value];
    };
    for (const isBigEndian of [false, true]) {
      const bytes = (size: 2 | 4, value: number): number[] => {
        const view = new DataView(new ArrayBuffer(size));
        if (size === 2) view.setUint16(0, Math.round(1000 * value), !isBigEndian);
        else view.setFloat32(0, value === 0 ? Number.NaN : value, !isBigEndian);
        return [...new Uint8Array(view.buffer)];
      };
      const of = (size: 2 | 4) => pixels(patches, (_, column, row) => bytes(size, distanceM(column, row)));
      assertShows(image("16UC1", of(2), pad, { isBigEndian }), expected, 1, 0, RANGE);
      assertShows(image("32FC1", of(4), pad, { isBigEndian }), expected, 1, 0, RANGE);
    }
  });
}

test("a picture of odd width and height keeps its last column and row", () => {
  const data = Uint8Array.from([235, 128, 16, 128, 235, 128, 0, 128, 16, 128, 235, 128, 16, 128, 0, 128]);
  const reading = readImage({ encoding: "yuyv", widthPx: 3, heightPx: 2, step: 8, data });
  assert.ok(reading.kind === "picture");
  assert.deepEqual(
    [...reading.picture.rgb].filter((_, index) => index % 3 === 0),
    [255, 0, 255, 0, 255, 0],
  );
  const planes = Uint8Array.from([235, 16, 235, 0, 16, 235, 16, 0, 235, 16, 235, 0, 128, 128, 128, 128, 128, 128, 128, 128]);
  const planar = readImage({ encoding: "nv12", widthPx: 3, heightPx: 3, step: 4, data: planes });
  assert.ok(planar.kind === "picture");
  assert.deepEqual(
    [...planar.picture.rgb].filter((_, index) => index % 3 === 0),
    [255, 0, 255, 0, 255, 0, 255, 0, 255],
  );
});
