// The live page: gives every message to the part of the page that shows it. No build step.
import { showCosts } from "/costs.js";
import { makeGoalForm, showGoalPlace } from "/goal.js";
import { makeImagined, showImagined } from "/imagined.js";
import { makeJoints, showJoints } from "/joints.js";
import { makeLimits, showLimits } from "/limits.js";
import { connect } from "/link.js";
import { clearGuards, keepGuard, showHappenings } from "/log.js";
import { makePictures, showGoal, showPaths, showPictures } from "/pictures.js";
import { makePlayback, showPlayback } from "/playback.js";
import { addRow, drawPlots, resetPlots } from "/plots.js";
import { makeRecording, showRecordings } from "/recording.js";
import { makeSpace, showSpace } from "/space.js";
import "/steady.js";
import { lostLink, makeUrgent, say, showState } from "/state.js";
import { showCharts } from "/statechart.js";
import { resetTiming, showTiming } from "/timing.js";

/** A decision that is known already is not counted twice. */
function keepRow(row) {
  if (addRow(row)) keepGuard(row);
}

function showHistory(rows) {
  clearGuards();
  resetPlots();
  for (const row of rows) keepRow(row);
  drawPlots();
  showTiming();
}

const handlers = {
  /** Starts over from the server's own memory: after a lost connection nothing is missing, after a new start of the agent nothing is left. */
  hello: (hello) => {
    document.title = hello.title;
    say("title", hello.title);
    makePlayback(hello);
    makePictures(hello);
    makeImagined(hello);
    makeJoints(hello);
    makeRecording(hello);
    makeUrgent(hello);
    makeLimits(hello);
    makeGoalForm(hello);
    makeSpace();
    resetTiming(hello);
    showHistory(hello.history);
  },
  history: ({ rows }) => showHistory(rows),
  playback: showPlayback,
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
  limits: showLimits,
  recordings: showRecordings,
  state: (state) => {
    showState(state);
    showCharts(state);
  },
  log: showHappenings,
};

connect((message) => handlers[message.type]?.(message), lostLink);
