/** The one table that says what follows an error of the world; stages only report, nobody else decides. */
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { Decision } from "../core/supervision.ts";

/** Total by type: a new error code does not compile until it is decided here. */
export const DECISIONS: Readonly<Record<ErrorCode, Decision>> = {
  "sense.stale": { reaction: "hold", reason: "The world is not seen any more, so the arm rests until fresh samples arrive." },
  "sense.frozen-frame": { reaction: "hold", reason: "A camera repeats itself, so the arm rests until its pictures change again." },
  "sense.not-finite": { reaction: "hold", reason: "A reading is not a number, so the arm rests until readings are numbers again." },
  "sense.wrong-size": {
    reaction: "stop",
    reason: "A sensor delivers another size than the model was trained with; waiting cannot mend that.",
  },
  "sense.out-of-range": {
    reaction: "hold",
    reason: "A reading is outside what the robot can be in, so the arm rests until readings are plausible.",
  },
  "sense.jump": {
    reaction: "hold",
    reason: "A reading jumped further than the arm can move, so the arm rests until readings agree again.",
  },
  "sense.duplicate-stamp": {
    reaction: "ignore",
    reason: "A repeated sample adds nothing; the age watchdog notices when no new one comes.",
  },
  "sense.backward-stamp": { reaction: "ignore", reason: "A late sample is dropped; the age watchdog notices when no newer one comes." },
  "model.missing": { reaction: "stop", reason: "Without its model the agent cannot predict, so it must not act." },
  "model.corrupt": { reaction: "stop", reason: "A model file is not the one that was evaluated, so it must not move the arm." },
  "model.mismatch": { reaction: "stop", reason: "The model was made for another robot, camera or contract, so it must not move the arm." },
  "model.not-finite": {
    reaction: "hold",
    reason: "The model answered with something that is not a number, so the arm rests until it answers with numbers.",
  },
  "model.surprised": {
    reaction: "hold",
    reason: "The world is not as the model imagined it, so the arm rests until it has been looked at anew.",
  },
  "model.constant": {
    reaction: "stop",
    reason: "A model that answers the same whatever it is shown would call anything the goal; waiting cannot mend that.",
  },
  "data.missing": { reaction: "stop", reason: "There is no data to learn from; a person must say where it is." },
  "data.corrupt": { reaction: "stop", reason: "The data are not whole; learning from them would teach something wrong." },
  "data.mismatch": { reaction: "stop", reason: "The data are of another camera, robot or action; a person must choose." },
  "train.diverged": { reaction: "stop", reason: "Training lost its numbers; the last checkpoint is kept for a person to look at." },
  "train.checkpoint": { reaction: "stop", reason: "A checkpoint could not be written or read; a person must make room or choose another." },
  "session.provider": { reaction: "stop", reason: "No execution provider can run the model, so there are no plans to act on." },
  "session.failed": { reaction: "stop", reason: "The model could not be run and its session cannot be trusted any more." },
  "plan.infeasible": {
    reaction: "ignore",
    reason: "No candidate kept the constraints this time; the arm comes to rest and the next decision plans anew.",
  },
  "plan.late": { reaction: "ignore", reason: "The plan missed its start; the arm comes to rest and the next decision plans from there." },
  "goal.mismatch": { reaction: "stop", reason: "The goal does not fit the skill, the cameras or the model; the launch file must change." },
  "goal.unreachable": { reaction: "retry", reason: "The goal lies where the arm cannot go; the task may have another way." },
  "kinematics.unreachable": {
    reaction: "ignore",
    reason: "The next tool point has no joint solution; the arm comes to rest and plans anew.",
  },
  "guard.stop": { reaction: "hold", reason: "A guard refused the motion, so the arm rests until motions are allowed again." },
  "robot.rejected": {
    reaction: "hold",
    reason: "The robot did not take the segment, so the arm rests and the next plan starts from there.",
  },
  "robot.lost": { reaction: "stop", reason: "The robot does not answer; its keeper brings it to rest and a person must look." },
  "robot.aborted": { reaction: "stop", reason: "The robot ended the motion by itself, so a person must look before it moves again." },
  "robot.contact": {
    reaction: "stop",
    reason: "Something touched the arm that its model does not explain, so it stopped, gave way a little, and a person must look.",
  },
  "robot.stalled": {
    reaction: "ignore",
    reason: "Nothing was sent to the arm for a while, so it was braked where it was left; the next decision plans from there.",
  },
  "skill.timeout": { reaction: "retry", reason: "The attempt took too long; another one may succeed." },
  "launch.invalid": { reaction: "stop", reason: "The launch file does not say what to do." },
  "bridge.missing": { reaction: "stop", reason: "A package that the bridge needs is not installed; waiting cannot mend that." },
  "bridge.failed": { reaction: "stop", reason: "The bridge cannot open its sockets; the network or the launch file must change." },
  "bridge.timeout": { reaction: "hold", reason: "The other side does not answer, so the arm rests until it is heard again." },
  "bridge.lost": { reaction: "hold", reason: "The other side went away, so the arm rests until it is heard again." },
  "bridge.refused": { reaction: "hold", reason: "The other side refused, so the arm rests until it is asked anew." },
  "bridge.mismatch": { reaction: "stop", reason: "The other side speaks of other types than agreed; waiting cannot mend that." },
  "dashboard.port": { reaction: "ignore", reason: "The page is for people to look at; the arm is as safe without it." },
  "state.unwritable": {
    reaction: "stop",
    reason: "The place in the task cannot be kept, so a crash would lose it or do work twice; a person must make room.",
  },
  "stop.operator": { reaction: "stop", reason: "An operator asked for it." },
};

/** What follows an error. Anything that is not an AgentError is a bug, and a bug stops the arm. */
export const decide = (error: unknown): Decision => decisionOn(error instanceof AgentError ? error.code : null);

/** What follows an error of this code; null is a bug. */
export const decisionOn = (code: ErrorCode | null): Decision =>
  code === null ? { reaction: "stop", reason: "This is a bug in the agent, so nothing it decides can be trusted." } : DECISIONS[code];
