// What guards changed, what the statecharts went through, and what went wrong, with cause and remedy.
const WHY_MAX = 50;
const byId = (id) => document.getElementById(id);
const counts = { pass: 0, clip: 0, stop: 0 };

export function clearGuards() {
  byId("why").replaceChildren();
  Object.assign(counts, { pass: 0, clip: 0, stop: 0 });
}

export function keepGuard(row) {
  counts[row.verdict]++;
  const { pass, clip, stop } = counts;
  byId("guards-now").textContent = `${clip} shortened and ${stop} refused of ${pass + clip + stop} decisions`;
  if (row.verdict === "pass") return;
  const what = row.verdict === "clip" ? "was shortened" : "was refused";
  const item = entry(`Decision ${row.index} ${what}: ${row.why.join("; ")}`);
  item.dataset.verdict = row.verdict;
  byId("why").prepend(item);
  if (byId("why").childElementCount > WHY_MAX) byId("why").lastElementChild.remove();
}

const REACTIONS = { ignore: "goes on", hold: "holds", retry: "tries again", stop: "stops" };
const sentences = {
  change: ({ what, from, to, reason }) => `${what}: ${from ?? "begins"} → ${to ?? "over"}. ${reason}`,
  fault: ({ code, cause, remedy, reaction, reason, times }) =>
    `${code}${times > 1 ? ` (${times} times)` : ""}: ${cause}.${remedy ? ` To do: ${remedy}.` : ""} The agent ${REACTIONS[reaction]}: ${reason}`,
  command: ({ what, refused }) => (refused === null ? `The page said ${what}.` : `The page said ${what}; refused: ${refused}`),
};

export function showHappenings({ happenings }) {
  byId("happenings").replaceChildren(
    ...happenings.map((happening) => {
      const item = entry(sentences[happening.kind](happening));
      item.prepend(Object.assign(document.createElement("time"), { textContent: clockText(happening.atMs) }), " ");
      item.dataset.kind = happening.kind;
      if (happening.kind === "fault") item.dataset.reaction = happening.reaction;
      return item;
    }),
  );
  const grave = happenings.find(({ kind, reaction }) => kind === "fault" && reaction !== "ignore");
  byId("fault").hidden = !grave;
  if (!grave) return;
  const cause = byId("reason").textContent.includes(grave.cause) ? "" : `: ${grave.cause}`; // Not the same twice, one above the other.
  const text = `Last fault, at ${clockText(grave.atMs)}${cause}.${grave.remedy ? ` What to do: ${grave.remedy}.` : ""}`;
  if (byId("fault").textContent !== text) byId("fault").textContent = text;
}

const entry = (textContent) => Object.assign(document.createElement("li"), { textContent });
/** Minutes, seconds and tenths since the agent began. */
const clockText = (ms) => `${Math.floor(ms / 60_000)}:${((ms % 60_000) / 1000).toFixed(1).padStart(4, "0")}`;
