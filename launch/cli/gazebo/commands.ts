/** `foresight gazebo ...`: looking at a running Gazebo, and calling its services, from the command line. */
import type { Command } from "commander";
import { exit, interruption, positiveInteger, positiveIntegerUpTo, show } from "../command-line.ts";
import type { GazeboPlace } from "./open-node.ts";

const LISTEN_S_MAX = 600;
const ECHO_S_MAX = 86_400;
const CALL_MS_MAX = 600_000;

interface PlaceFlags {
  readonly partition?: string;
  readonly ip?: string;
}

/** Adds `gazebo` with its sub-commands and returns it, so that others can add theirs. */
export function addGazeboCommands(program: Command): Command {
  const gazebo = program.command("gazebo").description("look at a running Gazebo over gz-transport: no Gazebo libraries, no ROS");
  const command = (name: string, description: string): Command =>
    gazebo
      .command(name)
      .description(description)
      .option("--partition <name>", "partition (default: GZ_PARTITION, IGN_PARTITION, else host:user as Gazebo takes it)")
      .option("--ip <address>", "interface that Gazebo is on (default: GZ_IP, IGN_IP, else loopback)");

  command("topics", "list topics and services with their types")
    .option("--seconds <count>", "how long to listen", positiveIntegerUpTo(LISTEN_S_MAX), 2)
    .option("--json <file>", "write the list")
    .action(async (flags: PlaceFlags & { seconds: number; json?: string }) => {
      const { listTopics, printTopics } = await import("./topics.ts");
      const list = await listTopics(placeOf(flags), flags.seconds * 1000);
      show(list, printTopics(list), flags.json);
      if (list.topics.length + list.services.length === 0) process.exitCode = exit.failed;
    });

  command("echo", "print the messages of a topic as JSON, one a line")
    .argument("<topic>", "such as /clock")
    .option("--count <messages>", "stop after so many", positiveInteger)
    .option("--seconds <count>", "stop after so long", positiveIntegerUpTo(ECHO_S_MAX))
    .action(async (topic: string, flags: PlaceFlags & { count?: number; seconds?: number }) => {
      const { echo } = await import("./echo.ts");
      const stop = interruption();
      const limits = { count: flags.count ?? null, timeoutMs: flags.seconds === undefined ? null : flags.seconds * 1000 };
      const printed = await echo(placeOf(flags), topic, { ...limits, say: console.log, hint: console.error, signal: stop.signal });
      if (printed === 0) process.exitCode = exit.failed;
    });

  command("call", "call a service with a request as JSON and print the answer")
    .argument("<service>", "such as /world/default/control")
    .argument("[request]", "such as '{\"pause\": true}'", "{}")
    .option("--timeout <milliseconds>", "for finding the service and for its answer", positiveIntegerUpTo(CALL_MS_MAX), 5000)
    .action(async (service: string, request: string, flags: PlaceFlags & { timeout: number }) => {
      const { call } = await import("./call.ts");
      console.log(await call(placeOf(flags), { service, request, timeoutMs: flags.timeout }));
    });

  command("doctor", "what is needed to talk to Gazebo, what runs here, and why nothing may be heard")
    .option("--seconds <count>", "how long to listen", positiveIntegerUpTo(LISTEN_S_MAX), 3)
    .option("--json <file>", "write the findings")
    .action(async (flags: PlaceFlags & { seconds: number; json?: string }) => {
      const [{ gazeboDoctor }, { printDoctor }] = await Promise.all([import("./doctor.ts"), import("../doctor.ts")]);
      const result = await gazeboDoctor(placeOf(flags), flags.seconds * 1000);
      show(result, printDoctor(result), flags.json);
      if (!result.ok) process.exitCode = exit.failed;
    });
  return gazebo;
}

const placeOf = ({ partition, ip }: PlaceFlags): GazeboPlace => ({ partition: partition ?? null, hostIp: ip ?? null });
