// What is kept of the run: a recording that is started and ended here, and the newest seconds as a file of their own.
import { mayCommand, order } from "/link.js";
import { say } from "/state.js";

/** A disk may take its time. */
const ANSWER_MS_MAX = 30_000;
const byId = (id) => document.getElementById(id);
const record = byId("record");
const save = byId("save");
let isOn = false;

export function makeRecording({ records, saves }) {
  record.hidden = !records;
  save.hidden = !saves;
  for (const button of [record, save]) button.disabled = !mayCommand;
  showRecordings({ ofRun: null, asked: null });
}

/** The recording of the launch file, and the one that somebody asked for last. */
export function showRecordings({ ofRun, asked }) {
  offer(asked?.isOn ?? false);
  show("recording-of-run", ofRun, "The run is recorded in");
  show("recording", asked, "Recording");
}

/** Where it goes and how far it is; once it has ended, what became of it. */
function show(id, recording, doing) {
  byId(id).hidden = recording === null;
  if (recording === null) return;
  const { file, isOn: goesOn, bytes, dropped, said } = recording;
  byId(id).dataset.on = String(goesOn);
  const left = dropped === 0 ? "" : `; ${dropped} news were left out, since disk and encoder are behind`;
  say(id, goesOn ? `${doing} ${file}: ${(bytes / 2 ** 20).toFixed(1)} MB${left}.` : `${said}.`);
}

function offer(goesOn) {
  isOn = goesOn;
  say("record", isOn ? "End recording" : "Record");
}

record.onclick = async () => {
  const what = isOn ? "stop" : "start";
  const refused = await order("/record", { what }, ANSWER_MS_MAX);
  say("notice", refused === null ? "" : `${what === "start" ? "Not recorded" : "The recording"}: ${refused}`);
};

save.onclick = async () => {
  const refused = await order("/save", {}, ANSWER_MS_MAX);
  say("notice", refused === null ? "The newest seconds are saved; where stands in the list of what happened." : `not saved: ${refused}`);
};
