// How long plans take, and how many missed their deadline.
import { rows } from "/plots.js";

let deadlineMs = 0;

export function resetTiming({ planDeadlineMs }) {
  deadlineMs = planDeadlineMs;
}

export function showTiming() {
  if (rows.length === 0) return;
  const plans = rows.map(({ planMs }) => planMs).sort((a, b) => a - b);
  const at = (share) => plans[Math.min(plans.length - 1, Math.ceil(share * plans.length) - 1)].toFixed(0);
  const missed = plans.filter((ms) => ms > deadlineMs).length;
  document.getElementById("deadlines").textContent =
    `Of the last ${plans.length} plans half took at most ${at(0.5)} ms (p50), 99 % at most ${at(0.99)} ms (p99); ` +
    `${missed === 0 ? "none" : missed} missed the deadline of ${deadlineMs} ms.`;
}
