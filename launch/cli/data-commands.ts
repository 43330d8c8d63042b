/** The commands that bring experience in and out: data export, data import. */
import { type Command, Option } from "commander";
import type { ImportFlags } from "../learn/lerobot/import.ts";
import { ANGLE_UNITS } from "../learn/lerobot/joint-map.ts";
import { DEFAULT_LAUNCH, interruption, launchOf, OVERRIDES_HELP, progressLine, say } from "./command-line.ts";
import { productVersion } from "./version.ts";

const IMPORT_HELP = `
A set that data export wrote comes back as it was. Any other becomes play of the arm of the launch file: its joints are found by name (a name
may end in ".pos"), an action is the displacement of the tool that the commanded joints amount to, pictures are cropped and scaled to the
launch file's cameras; pictures in video are read by the system's ffmpeg. LeRobot's own unit for its arms, -100 to 100 of a calibrated range,
says nothing about angles: record with use_degrees, and give --unit deg.

  foresight data import ~/lerobot/my-set launch/so101-reach.launch.yaml --out my-data --unit deg \\
    --joints shoulder_pan.pos,shoulder_lift.pos,elbow_flex.pos,wrist_flex.pos,wrist_roll.pos --camera front=observation.images.top
  foresight train launch/so101-reach.launch.yaml --data my-data --out my-model`;

const names = (text: string): readonly string[] => text.split(",").map((name) => name.trim());
const gathered = (text: string, before: readonly string[]): readonly string[] => [...before, text];

export function addDataCommands(program: Command): void {
  const data = program.command("data").description("experience in and out: LeRobot data sets of version 3, recordings of runs");
  addFromRecordings(data);
  data
    .command("export")
    .description("write a data set of ours as a LeRobot one, pictures inside its tables, for Python's LeRobotDataset")
    .argument("<folder>", "the data set, made by foresight collect")
    .requiredOption("--out <folder>", "the LeRobot data set; must not be there yet")
    .option("--task <text>", "what was tried, in words", "play")
    .action(async (folder: string, { out, task }: { readonly out: string; readonly task: string }) => {
      const { exportData } = await import("../learn/lerobot/export.ts");
      say(await exportData({ data: folder, out, task }, { progress: progressLine, signal: interruption().signal }));
    });
  data
    .command("import")
    .description("make a data set of ours from a LeRobot one")
    .argument("<folder>", "the LeRobot data set")
    .argument("[launch]", "launch file of the arm", DEFAULT_LAUNCH)
    .argument("[overrides...]", OVERRIDES_HELP)
    .requiredOption("--out <folder>", "the data set")
    .option("--state <feature>", "where the measured joints are", "observation.state")
    .option("--action <feature>", "where the commanded joints are", "action")
    .addOption(new Option("--unit <unit>", "of both").choices(ANGLE_UNITS).default("rad"))
    .option("--joints <names>", "their names in the order of the arm's joints (default: the joints' own)", names)
    .option("--camera <name=feature>", "the pictures of a camera of the launch file; once per camera", gathered, [])
    .addHelpText("after", IMPORT_HELP)
    .action(
      async (
        from: string,
        launch: string,
        overrides: string[],
        flags: Omit<ImportFlags, "from" | "launch" | "overrides" | "productVersion" | "joints"> & { readonly joints?: readonly string[] },
      ) => {
        const { importLeRobot } = await import("../learn/lerobot/import.ts");
        const [file, changes] = launchOf(launch, overrides);
        const all = { ...flags, joints: flags.joints ?? null, from, launch: file, overrides: changes, productVersion };
        say(await importLeRobot(all, { progress: progressLine, signal: interruption().signal }));
      },
    );
}

const RECORDINGS_HELP = `
What arms went through becomes experience to learn from: pictures and readings at each decision, and what was commanded until the next. Recordings come
from run record:=FILE, pulled from a store or copied; each becomes a shard that keeps its hash, its arm, whether it was simulated, and the hash of the model
that decided. One that is in the set already is not taken twice, so the same command with more recordings adds them. A set holds either simulated runs or
real ones: how much of each is learned from is a share of train, which refuses data of which the model that it goes on with decided more than half.

  foresight data from-recordings monday/*.mcap --out runs
  foresight train LAUNCH --data runs --rehearse my-play --rehearse-share 0.7 --from my-model --out my-next-model`;

function addFromRecordings(data: Command): void {
  data
    .command("from-recordings")
    .description("make a data set of recorded runs, of many arms of one kind; the same command adds to it")
    .argument("<recordings...>", "MCAP files")
    .requiredOption("--out <folder>", "the data set")
    .addHelpText("after", RECORDINGS_HELP)
    .action(async (recordings: readonly string[], { out }: { readonly out: string }) => {
      const { fromRecordings } = await import("../learn/from-recordings.ts");
      say(await fromRecordings({ recordings, out, productVersion }, { say, signal: interruption().signal }));
    });
}
