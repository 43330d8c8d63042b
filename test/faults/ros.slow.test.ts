/** What the other side of a ROS 2 graph can do to an agent and its arm. */
import { rosSkip } from "../ros/peer.ts";
import { ROS_CASES } from "./ros-cases.ts";
import { runPeerCases } from "./run-peer-cases.ts";

runPeerCases(ROS_CASES, rosSkip);
