// The pictures of the page: what each camera sees with the imagined path of the tool over it, and what the goal looks like.

/** Canvas pixels per picture pixel: the path is drawn finer than the picture. */
const SCALE = 8;
const captions = { frames: "now, and the imagined path", goal: "the goal" };
const pictures = new Map();

/** `kind` is "frames" or "goal"; a second call for the same picture replaces the first. */
export function addPicture(parent, { name, widthPx, heightPx }, kind) {
  const label = `${name}: ${captions[kind]}`;
  const figure = document.createElement("figure");
  const caption = Object.assign(document.createElement("figcaption"), { textContent: label });
  const canvas = Object.assign(document.createElement("canvas"), { width: widthPx * SCALE, height: heightPx * SCALE });
  canvas.dataset.picture = `${name} ${kind}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  figure.append(canvas, caption);
  parent.append(figure);
  pictures.set(`${name} ${kind}`, { canvas, image: null, path: [] });
}

export function showPictures(kind, list) {
  for (const { camera, ...image } of list) {
    const picture = pictures.get(`${camera} ${kind}`);
    if (!picture) continue;
    picture.image = bitmapOf(image);
    draw(picture);
  }
}

/** Points of a path are in picture pixels: the tool now, then after each imagined action. */
export function showPaths(pathPx) {
  for (const [camera, path] of Object.entries(pathPx)) {
    const picture = pictures.get(`${camera} frames`);
    if (!picture) continue;
    picture.path = path;
    draw(picture);
  }
}

function bitmapOf({ widthPx, heightPx, rgbBase64 }) {
  const rgb = Uint8Array.from(atob(rgbBase64), (char) => char.charCodeAt(0));
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255);
  for (let i = 0; i < widthPx * heightPx; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  const bitmap = new OffscreenCanvas(widthPx, heightPx);
  bitmap.getContext("2d").putImageData(new ImageData(rgba, widthPx, heightPx), 0, 0);
  return bitmap;
}

function draw({ canvas, image, path }) {
  if (!image) return;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  if (path.length === 0) return;
  const points = path.map(([x, y]) => [x * SCALE, y * SCALE]);
  line(context, points, "#0b1a18", 11); // The dark rim keeps it visible on a light table.
  line(context, points, "#12c2a8", 6);
  for (const point of points.slice(1)) dot(context, point, "#ffd23e", 6);
  dot(context, points[0], "#ffffff", 9);
}

function line(context, points, colour, width) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round", lineCap: "round" });
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

function dot(context, [x, y], colour, radius) {
  Object.assign(context, { fillStyle: colour, strokeStyle: "#0b1a18", lineWidth: 2.5 });
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
