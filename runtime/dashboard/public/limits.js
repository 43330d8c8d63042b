// The limits in force, and what visitors of the page have made stricter; never looser than the launch file.
import { mayCommand, order } from "/link.js";
import { say } from "/state.js";

const byId = (id) => document.getElementById(id);
const speed = byId("limit-speed");
const tool = byId("limit-tool");
const payload = byId("limit-payload");

/** `hello` says what the launch file allows; a recording has none to change. */
export function makeLimits({ limits }) {
  byId("limits").hidden = limits === null;
  if (limits === null) return;
  byId("limits-in-force").replaceChildren(
    ...limits.inForce.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  tool.max = tool.placeholder = limits.maxToolSpeedMPerS;
  payload.min = payload.placeholder = limits.payloadKg;
  speed.value = 100;
  showLimits({});
  for (const element of byId("limits-form").querySelectorAll("input, button")) element.disabled = !mayCommand;
}

/** What holds because somebody asked for it here. */
export function showLimits({ speedShare, maxToolSpeedMPerS, payloadKg }) {
  const parts = [
    speedShare === undefined ? null : `${Math.round(speedShare * 100)} % of every motion`,
    maxToolSpeedMPerS === undefined ? null : `the tool at most ${maxToolSpeedMPerS} m/s`,
    payloadKg === undefined ? null : `reckoned with ${payloadKg} kg at the tool`,
  ].filter((part) => part !== null);
  say("limits-now", parts.length === 0 ? "as the launch file says" : parts.join(", "));
  if (speedShare !== undefined && document.activeElement !== speed) speed.value = Math.round(speedShare * 100);
}

byId("limits-form").onsubmit = async (event) => {
  event.preventDefault();
  const wrong = [speed, tool, payload].find((field) => !field.checkValidity());
  if (wrong) return say("notice", `${wrong.getAttribute("aria-label")}: ${wrong.min} to ${wrong.max}`);
  const asked = {
    speedShare: Number(speed.value) / 100,
    ...(tool.value === "" ? {} : { maxToolSpeedMPerS: Number(tool.value) }),
    ...(payload.value === "" ? {} : { payloadKg: Number(payload.value) }),
  };
  const refused = await order("/limit", asked);
  say("notice", refused === null ? "" : `the limit was refused: ${refused}`);
};
