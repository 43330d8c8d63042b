/** The page of a command at a desk (calibrate, teleop, find): where it stands, the arm's joints, pictures, and buttons; the dashboard's rules of who may look and who may press. */
import { join } from "node:path";
import fastify from "fastify";
import { type Observable, Subject } from "rxjs";
import sharp from "sharp";
import * as z from "zod";
import { type Clock, nsToMs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { checkToken, newToken } from "../../../runtime/core/secret.ts";
import type { Frame } from "../../../runtime/core/sensing.ts";
import { refuseWithoutToken } from "../../../runtime/dashboard/commands.ts";
import { limitRequests, listen, refuseStrangers, SERVER } from "../../../runtime/dashboard/loopback.ts";
import { SHARED_SITE, serveSite } from "../../../runtime/dashboard/site.ts";
import type { DeskView } from "./view.ts";

export interface DeskPageOptions {
  readonly section: { readonly host: "127.0.0.1" | "::1" | "localhost"; readonly port: number; readonly token?: string | undefined };
  readonly title: string;
  readonly clock: Clock;
}

/** Closed, it stays until whoever looks has seen the end, two seconds at most. */
export interface DeskPage extends AsyncDisposable {
  /** With the token in the fragment, which browsers never send. Whoever has it may press. */
  readonly url: string;
  /** Keys of the buttons that were pressed, those that are shown only. */
  readonly presses: Observable<string>;
  show(change: Partial<Pick<DeskView, "step" | "buttons" | "joints" | "end">>): void;
  say(text: string): void;
  picture(name: string, frame: Frame): void;
}

const folder = join(packageRoot, "launch/desk/page/public");
const DESK_SITE = {
  "/": [folder, "desk.html"],
  "/desk.js": [folder, "desk.js"],
  "/desk.css": [folder, "desk.css"],
  ...SHARED_SITE,
} as const;
const LIVE = { "cache-control": "no-store", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin" } as const;
const body = z.strictObject({ key: z.string().min(1).max(32) });
const SAID_MAX = 60;
const LOOKING_MS = 1500;
const STAY_MS_MAX = 2000;
const JPEG_QUALITY = 85;

/** Throws AgentError `dashboard.port` when the port cannot be had, `launch.invalid` for a token that cannot be. */
export async function openDeskPage({ section, title, clock }: DeskPageOptions): Promise<DeskPage> {
  const token = checkToken("dashboard.token", section.token ?? newToken());
  const presses = new Subject<string>();
  const frames = new Map<string, Frame>();
  let view: DeskView = { title, step: "It begins.", buttons: [], joints: [], said: [], pictures: {}, end: null };
  let lookedNs: bigint | null = null;
  let isEndSeen = false;
  const app = fastify(SERVER);
  refuseStrangers(app);
  limitRequests(app, clock);
  serveSite(app, DESK_SITE);
  app.get("/now", async (_, reply) => {
    lookedNs = clock.nowNs();
    isEndSeen ||= view.end !== null;
    return reply.headers(LIVE).send(view);
  });
  app.get<{ Params: { name: string } }>("/picture/:name", async ({ params }, reply) => {
    const frame = frames.get(params.name);
    if (!frame) return reply.code(404).send({ refused: "there is no picture of that camera" });
    const { rgb, widthPx: width, heightPx: height } = frame;
    const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
    return reply.headers({ ...LIVE, "content-type": "image/jpeg" }).send(jpeg);
  });
  app.post("/press", { onRequest: refuseWithoutToken(token) }, async (request, reply) => {
    const read = body.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ refused: 'a press is {"key": that of a button}' });
    const isShown = view.buttons.some(({ key }) => key === read.data.key);
    if (isShown) presses.next(read.data.key);
    return reply.code(isShown ? 200 : 409).send({ refused: isShown ? null : "that was asked before; look what is asked now" });
  });
  const port = await listen(app, section);
  return {
    url: `http://${section.host === "::1" ? "[::1]" : section.host}:${port}/#token=${encodeURIComponent(token)}`,
    presses,
    show(change) {
      view = { ...view, ...change };
    },
    say(text) {
      view = { ...view, said: [...view.said, text].slice(-SAID_MAX) };
    },
    picture(name, frame) {
      frames.set(name, frame);
      view = { ...view, pictures: { ...view.pictures, [name]: (view.pictures[name] ?? 0) + 1 } };
    },
    async [Symbol.asyncDispose]() {
      const isOwed = view.end !== null && lookedNs !== null && nsToMs(clock.nowNs() - lookedNs) < LOOKING_MS;
      for (let waitedMs = 0; isOwed && !isEndSeen && waitedMs < STAY_MS_MAX; waitedMs += 50) await clock.sleep(50);
      await app.close();
    },
  };
}

/** A command with its page, which tells how it ends; what it throws is thrown on. */
export async function onDeskPage(
  options: DeskPageOptions & { readonly say: (line: string) => void },
  work: (page: DeskPage) => Promise<string>,
): Promise<void> {
  await using page = await openDeskPage(options);
  options.say(`page: ${page.url}`);
  try {
    const text = await work(page);
    page.show({ buttons: [], end: { isGood: true, text } });
  } catch (error) {
    const text = error instanceof AgentError ? error.message : "it has a bug and ends; the terminal says more";
    page.show({ buttons: [], end: { isGood: false, text } });
    throw error;
  }
}
