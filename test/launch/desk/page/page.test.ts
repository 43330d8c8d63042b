/** The page of a command at a desk over HTTP: who may look, who may press what, and that its end is seen. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onDeskPage, openDeskPage } from "../../../../launch/desk/page/page.ts";
import { pageFace } from "../../../../launch/desk/page/page-face.ts";
import type { DeskView } from "../../../../launch/desk/page/view.ts";
import { type Face, talkOf } from "../../../../launch/desk/talk.ts";
import { ManualClock, SystemClock } from "../../../../runtime/core/clock.ts";
import { AgentError } from "../../../../runtime/core/errors.ts";
import { namedFiles } from "../../../helpers/named-files.ts";

const TOKEN = "a-token-of-the-desk-page";
const section = { host: "127.0.0.1", port: 0, token: TOKEN } as const;

const rootOf = (url: string): string => url.replace(/#.*/, "");
const viewOf = async (url: string): Promise<DeskView> => (await (await fetch(`${rootOf(url)}now`)).json()) as DeskView;

async function press(url: string, key: unknown, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
  const response = await fetch(`${rootOf(url)}press`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ key }),
  });
  return [response.status, ((await response.json()) as { refused: string | null }).refused] as const;
}

/** Somebody at a keyboard who never answers. */
const silent: Face = {
  say() {},
  see() {},
  ask: (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
};

test("everybody on this machine may look, only the bearer of the token may press, and no stranger's page either", async () => {
  await using page = await openDeskPage({ section, title: "desk", clock: new ManualClock() });
  const pressed: string[] = [];
  page.presses.subscribe((key) => pressed.push(key));
  page.show({ step: "Go on?", buttons: [{ key: "agree-1", label: "Yes", onSpace: false }] });
  assert.equal((await viewOf(page.url)).step, "Go on?");
  assert.equal((await press(page.url, "agree-1", {}))[0], 401);
  assert.equal((await press(page.url, "agree-1", { authorization: "Bearer another-token-of-16" }))[0], 401);
  const strange = await fetch(`${rootOf(page.url)}now`, { headers: { origin: "http://elsewhere.example" } });
  assert.equal(strange.status, 403);
  assert.deepEqual(pressed, []);
  assert.deepEqual(await press(page.url, "agree-1"), [200, null]);
  assert.deepEqual(pressed, ["agree-1"]);
  const named = namedFiles(await (await fetch(rootOf(page.url))).text());
  assert.ok(named.includes("/desk.css"));
  for (const path of ["", ...named]) {
    const file = await fetch(new URL(path, rootOf(page.url)));
    assert.equal(file.status, 200, path);
    assert.match(file.headers.get("content-security-policy") ?? "", /default-src 'self'/);
  }
});

test("a press of a button that is no longer shown answers nothing, nor does what is no press", async () => {
  await using page = await openDeskPage({ section, title: "desk", clock: new ManualClock() });
  page.presses.subscribe(() => assert.fail("taken"));
  page.show({ buttons: [{ key: "agree-2", label: "Yes", onSpace: false }] });
  assert.deepEqual(await press(page.url, "agree-1"), [409, "that was asked before; look what is asked now"]);
  assert.equal((await press(page.url, 7))[0], 400);
});

test("a picture is served under its camera's name, whatever stands in it; another name is none", async () => {
  await using page = await openDeskPage({ section, title: "desk", clock: new ManualClock() });
  const rgb = new Uint8Array(3 * 4 * 4).fill(200);
  page.picture("/dev/v4l/by-id/a b", { camera: "a", widthPx: 4, heightPx: 4, rgb, stampNs: 0n, receivedNs: 0n });
  const picture = await fetch(`${rootOf(page.url)}picture/${encodeURIComponent("/dev/v4l/by-id/a b")}?1`);
  assert.deepEqual([picture.status, picture.headers.get("content-type")], [200, "image/jpeg"]);
  assert.equal((await fetch(`${rootOf(page.url)}picture/another`)).status, 404);
});

test("what is asked at the terminal is asked on the page at the same time, and whoever answers first has answered", async () => {
  await using page = await openDeskPage({ section, title: "desk", clock: new ManualClock() });
  const talk = talkOf([silent, pageFace(page)], new AbortController().signal);
  const answer = talk.yes("Write it?");
  const { step, buttons } = await viewOf(page.url);
  assert.deepEqual([step, buttons.map(({ label }) => label)], ["Write it?", ["Yes", "No"]]);
  await press(page.url, buttons[1]!.key);
  assert.equal(await answer, false);
  const typed: Face = { ...silent, ask: async () => true };
  assert.equal(await talkOf([typed, pageFace(page)], new AbortController().signal).yes("Again?"), true);
  assert.deepEqual((await viewOf(page.url)).buttons, [], "answered in the terminal");
});

test("a terminal that is closed leaves the page to answer; without a page it is told that the person left, as by Ctrl-C", async () => {
  const closed: Face = { ...silent, ask: () => Promise.reject(new Error("closed")) };
  const left = (error: unknown): boolean => error instanceof AgentError && error.code === "stop.operator";
  await assert.rejects(talkOf([closed], new AbortController().signal).enter("Go on"), left);
  await using page = await openDeskPage({ section, title: "desk", clock: new ManualClock() });
  const interrupt = new AbortController();
  const talk = talkOf([closed, pageFace(page)], interrupt.signal);
  const first = talk.enter("Go on");
  await press(page.url, (await viewOf(page.url)).buttons[0]!.key);
  await first;
  const second = talk.enter("And on");
  interrupt.abort();
  await assert.rejects(second, left);
});

test("how a command ends is told on its page, which stays until whoever looks has seen it", async () => {
  let url = "";
  const clock = new SystemClock();
  const say = (line: string): void => {
    url = line.replace("page: ", "");
  };
  const ending = onDeskPage({ section, title: "desk", clock, say }, async () => {
    await viewOf(url);
    throw new AgentError("bridge.timeout", "servo 3 (elbow_flex) stopped answering; look at its cable");
  });
  ending.catch(() => {}); // Looked at below.
  let end: DeskView["end"] = null;
  while (url === "" || end === null) end = url === "" ? await clock.sleep(5).then(() => null) : (await viewOf(url)).end;
  assert.deepEqual(end, { isGood: false, text: "servo 3 (elbow_flex) stopped answering; look at its cable" });
  await assert.rejects(ending, /elbow_flex/);
});
