/** From what a tap is told to the messages of the channel table. */
import { AgentError } from "../../core/errors.ts";
import { gripperField } from "../../core/gripper.ts";
import type { Frame, JointState } from "../../core/sensing.ts";
import type { Goal } from "../../core/skill.ts";
import type { Fault, Reaction } from "../../core/supervision.ts";
import type { Tick } from "../../core/tick.ts";
import { exactJson } from "./exact.ts";
import type { Message, News, RunFacts } from "./message.ts";
import type { PictureFormat } from "./picture-formats.ts";
import { pictureData } from "./pictures.ts";
import { calibrationOf, cameraTransforms, goalScene, imaginedScene, toolTransform } from "./scene.ts";
import { CHANNELS, type Channel, topicOf } from "./table.ts";
import { timeOf } from "./time-of.ts";

/** Version of the recording format; 1 was the JSON lines of old. */
const RECORDING_FORMAT = 2;

export interface MessageOptions {
  /** Names the joints. */
  readonly facts: RunFacts;
  readonly pictures: PictureFormat;
}

/** In the order in which they are to be written. */
export function messagesOf(news: News, options: MessageOptions): readonly Message[] {
  const { atNs } = news;
  switch (news.kind) {
    case "begin":
      return beginning(news.what, atNs);
    case "sample":
      return news.what.kind === "frame"
        ? [picture(CHANNELS.camera, news.what.frame, news.what.frame.receivedNs, options.pictures)]
        : [joints(news.what.joints, options.facts)];
    case "goal":
      return goal(news.what, atNs);
    case "tick":
      return decision(news.what, atNs);
    case "state":
      return [message(CHANNELS.state, atNs, news.what), log(atNs, "info", `${news.what.agent}: ${news.what.reason}`)];
    case "fault": {
      const told = factsOf(news.what);
      return [message(CHANNELS.fault, atNs, told), log(atNs, LEVELS[told.reaction], `${told.code}: ${told.message} (${told.reason})`)];
    }
    case "event":
      return [message(CHANNELS.motion, atNs, news.what)];
    case "instant":
      return [message(CHANNELS.instant, atNs, news.what)];
  }
}

/** A fault as it is written; an error loses its code on the way to another thread, so it is read before. */
function factsOf({ error, decision: { reaction, reason } }: Fault) {
  const code = error instanceof AgentError ? error.code : "bug";
  return { code, message: error instanceof Error ? error.message : String(error), reaction, reason };
}

const LOG_LEVELS = { info: 2, warning: 3, error: 4 } as const;
const LEVELS: Readonly<Record<Reaction, keyof typeof LOG_LEVELS>> = { ignore: "info", hold: "warning", retry: "warning", stop: "error" };

const utf8 = new TextEncoder();
const message = (channel: Channel, atNs: bigint, content: unknown, stampNs = atNs): Message => ({
  topic: channel.topic,
  schema: channel.schema,
  stampNs,
  receivedNs: atNs,
  data: () => utf8.encode(exactJson(content)),
});
const ofCamera = (channel: Channel, camera: string): Channel => ({ ...channel, topic: topicOf(channel, camera) });
const log = (atNs: bigint, level: keyof typeof LOG_LEVELS, text: string): Message =>
  message(CHANNELS.log, atNs, { timestamp: timeOf(atNs), level: LOG_LEVELS[level], message: text, name: "foresight", file: "", line: 0 });

const beginning = (facts: RunFacts, atNs: bigint): readonly Message[] => [
  message(CHANNELS.run, atNs, { format: RECORDING_FORMAT, ...facts }),
  ...facts.cameras.map((camera) => message(ofCamera(CHANNELS.calibration, camera.name), atNs, calibrationOf(camera, atNs))),
  message(CHANNELS.places, atNs, cameraTransforms(facts.cameras, atNs)),
];

function picture(channel: Channel, frame: Frame, receivedNs: bigint, format: PictureFormat): Message {
  const { stampNs, camera } = frame;
  const content = { frame, format };
  return { ...message(ofCamera(channel, camera), receivedNs, null, stampNs), picture: content, data: () => pictureData(content) };
}

/** A reading that is no number has no place in Foxglove's schema; it is kept beside it, since a replay must see it too. */
function joints(
  { positionRad, velocityRadPerS, effortNm, gripper, stampNs, receivedNs }: JointState,
  { joints: names }: RunFacts,
): Message {
  const isSound = [...positionRad, ...velocityRadPerS].every(Number.isFinite) && positionRad.length === velocityRadPerS.length;
  const states = Array.from(positionRad, (position, joint) => ({
    name: names[joint] ?? `joint ${joint}`,
    ...(Number.isFinite(position) ? { position } : {}),
    ...(Number.isFinite(velocityRadPerS[joint]) ? { velocity: velocityRadPerS[joint] } : {}),
    ...(Number.isFinite(effortNm?.[joint]) ? { effort: effortNm![joint] } : {}),
  }));
  const unsound = isSound ? {} : { positionRad, velocityRadPerS };
  return message(
    CHANNELS.joints,
    receivedNs,
    { timestamp: timeOf(stampNs), joints: states, ...gripperField(gripper), ...unsound },
    stampNs,
  );
}

function goal(wanted: Goal, atNs: bigint): readonly Message[] {
  const scene = message(CHANNELS.scene, atNs, goalScene(wanted, atNs));
  if (wanted.kind !== "image") return [message(CHANNELS.goal, atNs, wanted), scene];
  const cameras = wanted.frames.map(({ camera }) => camera);
  const pictures = wanted.frames.map((frame) => picture(CHANNELS.goalPicture, frame, atNs, "png")); // They are few: always exact.
  return [message(CHANNELS.goal, atNs, { kind: "image", cameras }), ...pictures, scene];
}

/** Whatever a Tick holds that has no channel of its own stays in /tick, so that nothing of it is lost. */
function decision({ decision, timing }: Tick, atNs: bigint): readonly Message[] {
  const { latent, plan, imaginedToolM, measures, verdict, why, segment, ...rest } = decision;
  const { index } = decision;
  const { cost = null, costTerms = {}, ...wanted } = plan ?? {};
  const parts = Object.entries({ latent, plan, segment }).flatMap(([name, part]) => (part ? [name] : []));
  const of = (channel: Channel, content: object): Message => message(channel, atNs, { index, ...content }, decision.stampNs);
  return [
    of(CHANNELS.latent, { latent }),
    ...(plan ? [of(CHANNELS.plan, { ...wanted, imaginedToolM })] : []),
    of(CHANNELS.costs, { cost, costTerms, measures }),
    of(CHANNELS.verdict, { verdict, why }),
    ...(segment ? [of(CHANNELS.segment, segment)] : []),
    message(CHANNELS.transforms, atNs, toolTransform(decision.toolM, atNs)),
    message(CHANNELS.scene, atNs, imaginedScene(decision, atNs)),
    ...(verdict === "pass" ? [] : [log(atNs, "warning", `decision ${index}: ${verdict}: ${why.join("; ")}`)]),
    of(CHANNELS.tick, { ...rest, ...(plan ? {} : { imaginedToolM }), parts, timing }),
  ];
}
