/** Child process of session.slow.test.ts: exits with code 3 while a worker runs a model. Not a test itself. */
import { openSessionWorker } from "../../../runtime/graph/session.ts";
import { startSlowRun } from "./slow-model.ts";

await startSlowRun(openSessionWorker({ threads: 1 }));
process.exit(3);
