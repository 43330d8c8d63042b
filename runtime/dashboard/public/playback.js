// The bar over a recording: play, pause, how fast, and a scrubber over its time with marks where something happened.
import { mayCommand, order } from "/link.js";
import { say } from "/state.js";

const byId = (id) => document.getElementById(id);
const STEP_S = 0.2;
const LEAP_S = 5;
let facts = null;
let now = { atS: 0, rate: 1, isPlaying: false, nowNs: "0" };
let isHeld = false;
/** The newest wish while another is on its way: a scrubber that is dragged sends no more than is answered. */
let wish = null;
let isAsking = false;

/** On the clock of the pictures' stamps, ns; null where an agent runs. */
export const recordedNowNs = () => (facts ? BigInt(now.nowNs) : null);

export function makePlayback({ playback }) {
  facts = playback;
  byId("playback").hidden = playback === null;
  document.body.dataset.mode = playback === null ? "live" : "replay";
  if (!playback) return;
  const scrubber = byId("scrubber");
  scrubber.max = String(playback.durationS);
  for (const element of byId("playback").querySelectorAll("button, input, select")) element.disabled = !mayCommand;
  byId("marks").replaceChildren(
    ...playback.marks.map(({ atS, kind, what }) => {
      const mark = Object.assign(document.createElement("span"), { title: `${clock(atS)} ${what}` });
      mark.dataset.kind = kind;
      mark.style.left = `${(100 * atS) / Math.max(1e-9, playback.durationS)}%`;
      return mark;
    }),
  );
}

export function showPlayback(playback) {
  now = playback;
  const { atS, rate, isPlaying } = playback;
  byId("play").textContent = isPlaying ? "Pause" : "Play";
  if (!isHeld && !isAsking) byId("scrubber").value = String(atS);
  byId("rate").value = String(rate);
  byId("scrubber").dataset.shownS = String(atS);
  tell(wantedS());
}

/** What is looked at, or was asked for and is not there yet: a second key goes on from the first. */
const wantedS = () => Number(byId("scrubber").value);

function tell(atS) {
  const text = `${clock(atS)} of ${clock(facts?.durationS ?? 0)}`;
  byId("played").textContent = text;
  byId("scrubber").setAttribute("aria-valuetext", text);
}

async function ask(body) {
  wish = body;
  if (isAsking) return;
  isAsking = true;
  while (wish) {
    const next = wish;
    wish = null;
    const refused = await order("/playback", next);
    say("notice", refused === null ? "" : refused);
  }
  isAsking = false;
}

function seek(atS) {
  const within = Math.min(facts.durationS, Math.max(0, atS));
  byId("scrubber").value = String(within);
  tell(within);
  ask({ kind: "seek", atS: within });
}

/** To the next mark in a direction, else to that end. */
function leap(direction) {
  const ahead = facts.marks.map(({ atS }) => atS).filter((atS) => direction * (atS - wantedS()) > 0.05);
  ahead.sort((a, b) => direction * (a - b));
  seek(ahead[0] ?? (direction > 0 ? facts.durationS : 0));
}

const toggle = () => ask({ kind: now.isPlaying ? "pause" : "play" });
byId("play").onclick = toggle;
byId("before").onclick = () => leap(-1);
byId("after").onclick = () => leap(1);
byId("rate").onchange = ({ target }) => ask({ kind: "rate", times: Number(target.value) });
byId("scrubber").oninput = ({ target }) => seek(Number(target.value));
for (const type of ["pointerdown", "touchstart"]) byId("scrubber").addEventListener(type, () => (isHeld = true), { passive: true });
for (const type of ["pointerup", "pointercancel", "touchend", "blur"]) byId("scrubber").addEventListener(type, () => (isHeld = false));

const KEYS = {
  ArrowLeft: () => seek(wantedS() - STEP_S),
  ArrowRight: () => seek(wantedS() + STEP_S),
  PageUp: () => seek(wantedS() - LEAP_S),
  PageDown: () => seek(wantedS() + LEAP_S),
  Home: () => seek(0),
  End: () => seek(facts.durationS),
  " ": toggle,
};
addEventListener("keydown", (event) => {
  const isOurs = event.target === document.body || event.target === byId("scrubber");
  if (facts === null || !mayCommand || !isOurs || !(event.key in KEYS) || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  KEYS[event.key]();
});

/** Minutes, seconds and tenths. */
function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, "0")}`;
}
