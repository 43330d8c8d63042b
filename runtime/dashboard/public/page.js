// The live page: gives every message to the part of the page that shows it. No build step.
import { showCosts } from "/costs.js";
import { makeGoalForm, showGoalPlace } from "/goal.js";
import { makeImagined, showImagined } from "/imagined.js";
import { makeJoints, showJoints } from "/joints.js";
import { connect } from "/link.js";
import { clearGuards, keepGuard, showHappenings } from "/log.js";
import { makePictures, showGoal, showPaths, showPictures } from "/pictures.js";
import { addRow, drawPlots, resetPlots } from "/plots.js";
import { makeSpace, showSpace } from "/space.js";
import { lostLink, makeSave, say, showState } from "/state.js";
import { showCharts } from "/statechart.js";
import { resetTiming, showTiming } from "/timing.js";

function keepRow(row) {
  addRow(row);
  keepGuard(row);
}

const handlers = {
  /** Starts over from the server's own memory: after a lost connection nothing is missing, after a new start of the agent nothing is left. */
  hello: (hello) => {
    document.title = hello.title;
    say("title", hello.title);
    makePictures(hello);
    makeImagined(hello);
    makeJoints(hello);
    makeSave(hello);
    makeGoalForm(hello);
    makeSpace();
    clearGuards();
    resetPlots();
    resetTiming(hello);
    for (const row of hello.history) keepRow(row);
    drawPlots();
    showTiming();
  },
  goal: (goal) => {
    showGoal(goal);
    showGoalPlace(goal);
  },
  frames: ({ pictures }) => showPictures("frames", pictures),
  joints: (joints) => {
    showJoints(joints);
    showSpace("joints", joints);
  },
  tick: (tick) => {
    keepRow(tick);
    drawPlots();
    showTiming();
    showPaths(tick.pathPx);
    showCosts(tick);
    showSpace("tick", tick);
  },
  imagined: showImagined,
  state: (state) => {
    showState(state);
    showCharts(state);
  },
  log: showHappenings,
};

connect((message) => handlers[message.type]?.(message), lostLink);
