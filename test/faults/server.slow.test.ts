/** What a policy server in a process of its own can do to the robot that asks it. */
import { runPeerCases } from "./run-peer-cases.ts";
import { SERVER_CASES } from "./server-cases.ts";

runPeerCases(SERVER_CASES, false);
