/** The page's own files, read once, and the headers that keep the page to itself. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { packageRoot } from "../core/package-root.ts";

const ours = join(packageRoot, "runtime/dashboard/public");
const uplot = dirname(createRequire(import.meta.url).resolve("uplot/dist/uPlot.esm.js"));
type Files = Readonly<Record<string, readonly [folder: string, file: string, type: string]>>;

const shared: Files = {
  "/style.css": [ours, "style.css", "text/css"],
  "/icon.svg": [ours, "icon.svg", "image/svg+xml"],
  "/uplot.js": [uplot, "uPlot.esm.js", "text/javascript"],
  "/uplot.css": [uplot, "uPlot.min.css", "text/css"],
};

/** The page of an agent. */
export const AGENT_SITE: Files = {
  "/": [ours, "index.html", "text/html"],
  "/page.js": [ours, "page.js", "text/javascript"],
  "/plots.js": [ours, "plots.js", "text/javascript"],
  "/pictures.js": [ours, "pictures.js", "text/javascript"],
  ...shared,
};

/** The page of a training. */
export const TRAINING_SITE: Files = {
  "/": [ours, "training.html", "text/html"],
  "/training.js": [ours, "training.js", "text/javascript"],
  ...shared,
};

/** Adds one route per file; nothing else of the disk can be asked for. */
export function serveSite(app: FastifyInstance, files: Files): void {
  for (const [route, [folder, file, type]] of Object.entries(files)) {
    const content = readFileSync(join(folder, file));
    app.get(route, async (request, reply) => reply.headers(headers(request.headers.host ?? "", type)).send(content));
  }
}

/** `host` has passed `refuseStrangers`. */
function headers(host: string, type: string): Record<string, string> {
  return {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": `default-src 'self'; connect-src 'self' ws://${host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  };
}
