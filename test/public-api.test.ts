/** What other programs may import: exactly these names. Adding one is a promise, removing one breaks somebody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as api from "../runtime/index.ts";

const PROMISED = [
  ...["AgentError", "ERROR_CODES", "Graph", "ManualClock", "SystemClock", "availableProviders", "checkModelFits", "createActionToSegment"],
  ...["createEncoder", "createJudge", "createKinematics", "createLockstepRobot", "createPolicySolver", "createRandomSolver", "createRng"],
  ...["createSolver", "createSupervisor", "createWorldModel", "decisions", "executedAction", "forkKeeper", "importModel", "lastGuard"],
  ...["loadModelPackage", "lockstepPace", "observeRobot", "openDashboard", "openSession", "openSessionWorker", "realtimePace", "runAgent"],
  ...["flatSubgoal", "memoryless", "senseDefaults", "serveKeeper", "standardGuards", "surprise"],
  ...["attend", "openBody", "openBrain", "createDesk", "createFanOut", "drawTrial", "mindOf", "playTrial", "runTask", "trialWorld"],
];

test("the package exports exactly what it promises", () => {
  assert.deepEqual(Object.keys(api).sort(), [...PROMISED].sort());
});
