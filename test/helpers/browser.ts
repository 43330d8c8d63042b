/** A real Chromium for tests of pages: software rendering, no traffic of its own, what it complains about and whom it asks kept. */
import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { RunningCli } from "./cli.ts";

const CHROMIUM = process.env["FORESIGHT_CHROMIUM"] ?? "/usr/bin/chromium";
/** For `skip`: false, or why. */
export const missing = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}; install Debian's chromium (CI does)`;
const quiet = [
  "--no-sandbox",
  "--disable-gpu", // The page in software, and WebGL by SwiftShader: quicker than everything by SwiftShader.
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface WatchedPage {
  readonly page: Page;
  /** What the console was told, but for connections that were lost. */
  errors(): readonly string[];
  /** Hosts other than loopback that were asked for anything. */
  strangers(): readonly string[];
  close(): Promise<void>;
}

export async function openBrowser(
  viewport: { readonly width: number; readonly height: number },
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: quiet });
  const page = await (await browser.newContext({ viewport, ...options })).newPage();
  const hosts = new Set<string>();
  const complaints: string[] = [];
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return {
    page,
    errors: () => complaints.filter((text) => !/WebSocket|ERR_CONNECTION_REFUSED|status of 409/.test(text)),
    strangers: () => [...hosts].filter((host) => host !== "" && !host.startsWith("127.0.0.1:")),
    close: () => browser.close(),
  };
}

/** Does something on a command's page; what goes wrong is told with what the command said, and nothing of either is left. */
export async function onPageOf({ child, result }: RunningCli, { close }: WatchedPage, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    child.kill("SIGKILL");
    const { out, err } = await result;
    throw new Error(`${out}\n${err}`, { cause: error });
  } finally {
    child.kill("SIGKILL");
    await close();
  }
}

/** What stands seriously in the way of a person who cannot see, point or tell colours apart, as axe-core judges it: what, and where. */
export async function barriers(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
