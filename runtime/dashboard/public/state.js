// Where the agent stands, and the commands that are possible there; Escape stops from everywhere.
import { mayCommand, order, stop } from "/link.js";

const byId = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("button[data-command]")];
let asking = false;
/** What the agent said last. */
let told = { task: "none", reason: "" };

export function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text; // A live region speaks when it is written.
}

export function showState({ agent, task, sentence, reason, skills, commander }) {
  document.body.dataset.agent = agent;
  told = { task, reason };
  asking = skills.some(({ state }) => state === "asking");
  say(
    "state",
    skills.length > 0 ? `${agent}: ${skills.map(({ name }) => name).join(", ")}` : task === "none" ? agent : `${agent}, task ${task}`,
  );
  say("sentence", sentence);
  say("reason", commander !== null && commander !== "page" ? `${reason} ${commander} has the arm in hand.` : reason);
  offer(agent);
}

/** With its task a run may end in good order. */
const OVER = ["succeeded", "failed", "stopped"];

export function lostLink(again) {
  document.body.dataset.agent = "gone";
  say("state", "not connected");
  say("sentence", "");
  const last = OVER.includes(told.task) ? ` It said last: ${told.reason}` : "";
  say("reason", `The agent has ended or does not answer; what you see is old.${last} ${again ? "Trying again." : "Reload to try again."}`);
  offer("gone");
}

/** Only what is possible now is there to be pressed; stop always is. */
function offer(agent) {
  for (const button of document.querySelectorAll("button[data-when]")) {
    const when = button.dataset.when.split(" ");
    button.hidden = !(when.includes(agent) || (asking && agent === "running" && when.includes("asking")));
  }
}

export async function command(name) {
  const refused = name === "stop" ? await stop() : await order("/command", { command: name });
  say("notice", refused === null ? "" : `${name} was refused: ${refused}`);
  return refused;
}

for (const button of buttons) {
  button.disabled = !mayCommand;
  button.onclick = () => command(button.dataset.command);
}

/** A button for each task that may come before the one in hand, or before there is one. */
export function makeUrgent({ urgent }) {
  byId("urgent").replaceChildren(
    ...urgent.map(({ name, urgency }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.title = `urgency ${urgency}: it comes first, then the task goes on`;
      button.dataset.when = "running idle";
      button.hidden = !["running", "idle"].includes(document.body.dataset.agent);
      button.disabled = !mayCommand;
      button.onclick = async () => {
        const refused = await order("/urgent", { name });
        say("notice", refused === null ? "" : `${name} was refused: ${refused}`);
      };
      return button;
    }),
  );
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !mayCommand || event.repeat) return;
  event.preventDefault();
  command("stop");
});
if (!mayCommand) say("notice", "You can look but not command: open the address that was printed at the start, with its token.");
offer("gone");
