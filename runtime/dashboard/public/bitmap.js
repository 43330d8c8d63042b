// A picture of a message as something that a canvas draws.
export function bitmapOf({ widthPx, heightPx, rgbBase64 }) {
  const rgb = Uint8Array.from(atob(rgbBase64), (char) => char.charCodeAt(0));
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255);
  for (let i = 0; i < widthPx * heightPx; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  const bitmap = new OffscreenCanvas(widthPx, heightPx);
  bitmap.getContext("2d").putImageData(new ImageData(rgba, widthPx, heightPx), 0, 0);
  return bitmap;
}
