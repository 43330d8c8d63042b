// What this page is of: an agent or a recording, a training, or both; and which of them is looked at.
const byId = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll("[data-view-of]")];
let isTrainingShown = false;

function look(view) {
  document.body.dataset.view = view;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.viewOf === view));
  byId("arm").hidden = view !== "arm";
  byId("training").hidden = view !== "training";
}

const views = await (await fetch("/views.json")).json();
byId("views").hidden = views.length < 2;
for (const button of buttons) button.onclick = () => choose(button.dataset.viewOf);

async function choose(view) {
  look(view);
  if (view !== "training" || isTrainingShown) return;
  isTrainingShown = true;
  const { showTraining, watchTraining } = await import("/training.js");
  if (views.includes("arm")) return showTraining();
  watchTraining(
    ({ title, stands }) => {
      document.title = title;
      byId("title").textContent = title;
      byId("state").textContent = stands;
      document.body.dataset.agent = "running";
    },
    () => {
      byId("state").textContent = "the training has ended, or this page lost it";
      document.body.dataset.agent = "gone";
    },
  );
}

if (views.includes("arm")) await import("/page.js");
else document.body.dataset.mode = "training"; // There is no arm to command.
choose(views[0]);
