/** A whole description of an arm from its file alone: every guess with what it was made of. */
import { basename, extname } from "node:path";
import { AgentError } from "../../../runtime/core/errors.ts";
import { shorterWayRad } from "../../../runtime/core/joint-angle.ts";
import { objections } from "../../../runtime/core/objections.ts";
import { distanceM } from "../../../runtime/core/vec3.ts";
import type { CompiledModel, Joint } from "../../../runtime/kinematics/compiled-model.ts";
import { createKinematics } from "../../../runtime/kinematics/kinematics.ts";
import { loadMujoco } from "../../../runtime/kinematics/mujoco.ts";
import { multiply } from "../../../runtime/kinematics/quaternion.ts";
import { armFrom } from "../arm.ts";
import { nameOf } from "../chain.ts";
import { type DescribedJoint, type RobotDescription, robotDescriptionSchema } from "../description.ts";
import { asQuaternion, rollPitchYaw, turnAbout } from "../frames.ts";
import { looseRobot } from "../robot.ts";
import { placeOf } from "../settle.ts";
import { compileSource } from "../source/compile.ts";
import { readSource } from "../source/read-source.ts";
import type { Source } from "../source/source.ts";
import { toolPoint } from "../tool-point.ts";
import { type Chain, chainToward, findChains } from "./chain.ts";
import { guessGripper } from "./gripper.ts";
import { type Look, lookDown, type Posture } from "./posture.ts";
import { guessTool, type ToolGuess } from "./tool.ts";

export interface Proposal {
  readonly description: RobotDescription;
  /** The same arm at rest elsewhere, the next best first. */
  readonly alternatives: readonly RobotDescription[];
  /** Why each part is as it is: by its key in the description, such as "tool". */
  readonly reasons: Readonly<Record<string, string>>;
  /** Joints behind the arm that are no gripper, and stand still. */
  readonly standing: readonly string[];
  /** Other arms of the file, by the name of their last link. */
  readonly others: readonly string[];
}

const SPEED_RAD_PER_S = 2;
const ACCELERATION_PER_SPEED = 4;
const JERK_PER_ACCELERATION = 100;
const TORQUE_NM = 40;
/** How many rest postures are tried, and how far apart they are, as a share of how far out the tool is. */
const POSTURES_MAX = 8;
const APART_SHARE = 0.12;
/** The next 15 degrees. */
const YAW_STEP_RAD = Math.PI / 12;
/** Of an arm of a Panda's reach. */
const KG_PER_M = 12;

/** `tool` names a link or site. Throws AgentErrors of the file, and `launch.invalid` where no arm, or no posture that points down, is found in it. */
export async function proposeDescription(file: string, tool?: string): Promise<Proposal> {
  const source = readSource(file);
  const model = compileSource(await loadMujoco(), source, file);
  const found = tool === undefined ? findChains(model, source) : [chainToward(model, source, tool)].filter((chain) => chain !== null);
  const [chain, ...others] = found;
  if (!chain || chain.joints.length === 0) throw new AgentError("launch.invalid", `${file}: ${noArm(model, tool)}`);
  const guess = guessTool(model, chain, tool);
  const looks: string[] = [];
  for (const direction of guess.directions) {
    const base = baseOf(model, chain);
    const first = weighable(described(file, model, source, chain, guess, direction, base), model, source);
    const look = await lookAt(first, false);
    if (look.postures.length === 0) {
      looks.push(`along (${direction.map((value) => value.toFixed(2)).join(", ")}) at best ${look.leastTiltRad.toFixed(2)} rad from down`);
      continue;
    }
    const yawRad = Math.round((look.facingRad ?? 0) / YAW_STEP_RAD) * YAW_STEP_RAD;
    const turned = { ...first, ...(yawRad === 0 && base === undefined ? {} : { base: { ...(base ? { link: base } : {}), yawRad } }) };
    const [posture, ...next] = apart((await lookAt(turned, true)).postures);
    if (!posture) continue;
    const { gripper, why } = guessGripper(model, source, chain, toolPoint(turned, model)!);
    const whole = gripper ? weighable({ ...turned, gripper }, model, source) : turned;
    return {
      description: atRest(whole, posture),
      alternatives: next.map((each) => atRest(whole, each)),
      reasons: {
        ...reasonsOf(model, source, chain, guess),
        ...(yawRad === 0 ? {} : { base: "it faces that way when its tool points down" }),
        ...(why === "" ? {} : { gripper: why }),
      },
      standing: gripper ? [] : chain.gripper,
      others: others.map(({ end }) => nameOf(model, end)),
    };
  }
  throw new AgentError(
    "launch.invalid",
    `${file}: no posture was found in which the tool of ${chain.joints.join(", ")} points down in front of the arm (${looks.join("; ") || "it does so beside or behind it only"})${slidesText(model)}; ` +
      "such an arm cannot do what is asked of it here; another link or site may: --tool NAME",
  );
}

/** Some that rest at different places. */
function apart(postures: readonly Posture[]): readonly Posture[] {
  const kept: Posture[] = [];
  for (const posture of postures) {
    const outM = Math.hypot(...posture.toolM);
    const isNew = kept.every(({ toolM }) => distanceM(toolM, posture.toolM) > APART_SHARE * outM);
    if (isNew && kept.length < POSTURES_MAX) kept.push(posture);
  }
  return kept;
}

const noArm = (model: CompiledModel, tool: string | undefined): string =>
  tool === undefined
    ? model.bodies.length < 2
      ? "has no links; was it written by xacro without the macro that draws the robot?"
      : `has no chain of three or more joints that turn; is it an arm?${slidesText(model)}`
    : `has no link or site "${tool}" that joints move; its links are ${model.bodies
        .slice(1)
        .map(({ name }) => name)
        .filter((name) => name !== "")
        .join(", ")}; name one of those`;

/** An arm that reaches by sliding is not moved so here, and its joints are named. */
function slidesText({ bodies }: CompiledModel): string {
  const slides = bodies.flatMap(({ joints }) => joints.filter(({ kind }) => kind === "slide").map(({ name }) => name));
  return slides.length > 0 ? `; joints that slide (${slides.slice(0, 6).join(", ")}) stand still here` : "";
}

async function lookAt(description: RobotDescription, inFront: boolean): Promise<Look> {
  using kinematics = await createKinematics(await looseRobot(description));
  return lookDown(kinematics, { inFront });
}

/** The name of the link that the base frame is put at; undefined where that is the file's own. */
function baseOf(model: CompiledModel, { base }: Chain): string | undefined {
  const isOwn = Math.hypot(...placeOf(model, base).positionM) < 0.005;
  return base === 0 || isOwn ? undefined : model.bodies[base]!.name || undefined;
}

function described(
  file: string,
  model: CompiledModel,
  source: Source,
  chain: Chain,
  guess: ToolGuess,
  direction: readonly number[],
  base: string | undefined,
): RobotDescription {
  const inFile = model.bodies.flatMap(({ joints }) => joints);
  const read = robotDescriptionSchema.safeParse({
    name:
      basename(file, extname(file))
        .replace(/[^\w.-]/g, "-")
        .replace(/^[^a-z0-9]+/i, "") || "arm",
    file,
    joints: chain.joints.map((name) => jointOf(inFile.find((joint) => joint.name === name)!, source)),
    ...(base ? { base: { link: base, yawRad: 0 } } : {}),
    tool: { ...guess.at, offsetM: guess.offsetM.map(rounded), turnRad: rollPitchYaw(turnTo(direction)) },
  });
  if (!read.success) {
    const why = objections(read.error).replace(/joints\[(\d+)\]\./g, (_, index) => `joint "${chain.joints[Number(index)]}": `);
    throw new AgentError("model.corrupt", `${file}: ${why}; correct that in the file`);
  }
  return read.data;
}

function jointOf({ name, range, servo, effortMax }: Joint, { limits }: Source) {
  const limit = limits.get(name);
  const isContinuous = limit ? limit.isContinuous : range === null;
  const [low, high] = range ?? [-Math.PI, Math.PI];
  const velocityMaxRadPerS = Math.min(limit?.velocityMaxRadPerS ?? SPEED_RAD_PER_S, SPEED_RAD_PER_S);
  const accelerationMaxRadPerS2 = ACCELERATION_PER_SPEED * velocityMaxRadPerS;
  const torqueMaxNm = limit?.torqueMaxNm ?? effortMax ?? (servo && servo.effortMax > 0 ? servo.effortMax : TORQUE_NM);
  return {
    name,
    ...(isContinuous ? { type: "continuous" } : { positionMinRad: inwards(low, 1), positionMaxRad: inwards(high, -1) }),
    ...{ velocityMaxRadPerS, accelerationMaxRadPerS2 },
    ...{
      jerkMaxRadPerS3: JERK_PER_ACCELERATION * accelerationMaxRadPerS2,
      torqueMaxNm: Math.min(torqueMaxNm, 1e4),
      homeRad: Math.min(inwards(high, -1), Math.max(inwards(low, 1), 0)),
    },
  };
}

/** A tool that is found where the file says nothing of mass, or what no body has, is weighed by a guess. */
function weighable(description: RobotDescription, model: CompiledModel, source: Source): RobotDescription {
  const faultsOf = (each: RobotDescription): string => armFrom(each, model, source).faults.join("\n");
  const mended = faultsOf(description).includes("mendInertias") ? { ...description, mendInertias: true } : description;
  if (!faultsOf(mended).includes("massKg")) return mended;
  const reachM = description.joints.reduce((sum, { name }) => sum + lengthOf(model, name), 0);
  return { ...mended, massKg: Math.max(1, Math.round(KG_PER_M * reachM)) };
}

const lengthOf = ({ bodies }: CompiledModel, joint: string): number =>
  Math.hypot(...(bodies.find(({ joints }) => joints.some(({ name }) => name === joint))?.positionM ?? [0, 0, 0]));

/** A joint that turns for ever rests where it does after no more than half a turn. */
const restRad = ({ type }: DescribedJoint, rad: number): number => (type === "continuous" ? shorterWayRad(rad) : rad);

/** At the posture, the tool's x axis along the base's: its yaw there is taken out of the turn. */
function atRest(description: RobotDescription, { positionRad, yawRad }: Posture): RobotDescription {
  const [roll, pitch, yaw] = description.tool.turnRad;
  const turn = multiply(
    multiply(turnAbout([0, 0, 1], yaw), multiply(turnAbout([0, 1, 0], pitch), turnAbout([1, 0, 0], roll))),
    asQuaternion(turnAbout([0, 0, 1], yawRad)),
  );
  const turnRad = rollPitchYaw(turn).map(rounded) as [number, number, number];
  return {
    ...description,
    joints: description.joints.map((joint, index) => ({ ...joint, homeRad: rounded(restRad(joint, positionRad[index]!)) })),
    tool: { ...description.tool, turnRad },
  };
}

function reasonsOf(model: CompiledModel, source: Source, chain: Chain, guess: ToolGuess): Record<string, string> {
  const endless = model.bodies.flatMap(({ joints }) => joints).filter(({ name, range }) => chain.joints.includes(name) && range === null);
  const unknown = endless.filter(({ name }) => source.limits.get(name)?.isContinuous === false).map(({ name }) => `"${name}"`);
  return {
    joints:
      `they turn, follow no other joint, and lead from "${nameOf(model, chain.base)}" to "${nameOf(model, chain.end)}"; acceleration and jerk are in no URDF: take the maker's` +
      (unknown.length > 0 ? `; of ${unknown.join(", ")} the file has no limits, half a turn either way is no more than a guess` : ""),
    tool: `${guess.why}; z is taken for the way out of it`,
  };
}

/** The rotation that puts z where `direction` points. */
function turnTo([x = 0, y = 0, z = 1]: readonly number[]) {
  const angle = Math.acos(Math.max(-1, Math.min(1, z)));
  const length = Math.hypot(x, y);
  return length < 1e-9 ? turnAbout([1, 0, 0], angle) : turnAbout([-y / length, x / length, 0], angle);
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0; // Never -0.
/** Written with few digits, and still inside. */
const inwards = (value: number, side: 1 | -1): number => (side * Math.ceil(side * value * 1e4)) / 1e4 + 0;
