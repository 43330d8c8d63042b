/** What a Gazebo that is killed, paused or reset does to an arm that it moves. */
import { gazebo } from "../gazebo/real-server.ts";
import { GAZEBO_CASES } from "./gazebo-cases.ts";
import { runPeerCases } from "./run-peer-cases.ts";

runPeerCases(GAZEBO_CASES, gazebo.skip);
