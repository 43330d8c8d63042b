/** The page's own files, read once, and the headers that keep the page to itself. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { packageRoot } from "../core/package-root.ts";

const require = createRequire(import.meta.url);
const ours = join(packageRoot, "runtime/dashboard/public");
const uplot = dirname(require.resolve("uplot/dist/uPlot.esm.js"));
const three = join(dirname(require.resolve("three")), "..");
type Files = Readonly<Record<string, readonly [folder: string, file: string]>>;

/** What more than one page of ours uses. */
export const SHARED_SITE: Files = {
  "/style.css": [ours, "style.css"],
  "/pictures.css": [ours, "pictures.css"],
  "/joints.css": [ours, "joints.css"],
  "/icon.svg": [ours, "icon.svg"],
  "/uplot.js": [uplot, "uPlot.esm.js"],
  "/uplot.css": [uplot, "uPlot.min.css"],
};

const modules = [
  ...["start", "page", "link", "state", "steady", "log", "chart", "plots", "timing", "costs", "playback", "training"],
  ...["pictures", "bitmap", "imagined", "joints", "gripper", "jog", "hold", "limits", "recording", "statechart"],
  ...["space", "view3d", "arm", "believed", "shapes", "trail", "goal", "goal-handle"],
];
const styles = ["page", "playback", "space", "plots", "statechart"];

/** The page of an agent, of a recording, and of a training. */
export const PAGE_SITE: Files = {
  "/": [ours, "index.html"],
  ...Object.fromEntries(modules.map((name) => [`/${name}.js`, [ours, `${name}.js`] as const])),
  ...Object.fromEntries(styles.map((name) => [`/${name}.css`, [ours, `${name}.css`] as const])),
  "/agent-chart.svg": [ours, "agent-chart.svg"],
  "/skill-chart.svg": [ours, "skill-chart.svg"],
  "/three/build/three.module.js": [three, "build/three.module.js"],
  "/three/build/three.core.js": [three, "build/three.core.js"],
  "/three/addons/controls/OrbitControls.js": [three, "examples/jsm/controls/OrbitControls.js"],
  ...SHARED_SITE,
};

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

/** Adds one route per file; nothing else of the disk can be asked for. */
export function serveSite(app: FastifyInstance, files: Files): void {
  for (const [route, [folder, file]] of Object.entries(files)) {
    const content = readFileSync(join(folder, file));
    const type = TYPES[file.slice(file.lastIndexOf(".") + 1)]!;
    const script = inlineHashes(type === "text/html" ? content.toString() : "");
    app.get(route, async (request, reply) => reply.headers(headers(request.headers.host ?? "", type, script)).send(content));
  }
}

/** Adds a route that always answers with this. */
export function serveJson(app: FastifyInstance, route: string, value: unknown): void {
  const content = JSON.stringify(value);
  app.get(route, async (request, reply) => reply.headers(headers(request.headers.host ?? "", "application/json", "")).send(content));
}

/** What the policy must say for the import map, which has to stand in the page itself. */
const inlineHashes = (html: string): string =>
  [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)]
    .map(([, text]) => ` 'sha256-${createHash("sha256").update(text!).digest("base64")}'`)
    .join("");

/** `host` has passed `refuseStrangers`. */
function headers(host: string, type: string, script: string): Record<string, string> {
  return {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": `default-src 'self'; script-src 'self'${script}; connect-src 'self' ws://${host}; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-cache",
  };
}
