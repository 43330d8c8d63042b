/** Where imported rows come from: a set that we exported comes back as it was; one of others becomes experience of the arm of a launch file. */
import { openBody } from "../../../runtime/assemble/body.ts";
import { secondsToNs } from "../../../runtime/core/clock.ts";
import { AgentError } from "../../../runtime/core/errors.ts";
import { checkJoints } from "../../../runtime/core/joint-reading.ts";
import { displacementAxes } from "../../../runtime/core/model.ts";
import { atRest } from "../../../runtime/core/segment.ts";
import type { Observation } from "../../../runtime/core/sensing.ts";
import type { DatasetMeta, DatasetRow } from "../../../runtime/learn/dataset-writer.ts";
import type { FramesWanted, LeRobotFrame } from "../../../runtime/learn/lerobot/frames.ts";
import type { LeRobotData } from "../../../runtime/learn/lerobot/open.ts";
import { ownRows } from "../../../runtime/learn/lerobot/own.ts";
import { robotOf, scaled, sharesOf } from "../../compose.ts";
import { loadLaunch } from "../../config/load.ts";
import { createRows } from "../play/rows.ts";
import { metaOf, PERIOD_S } from "../play/setup.ts";
import { type AngleUnit, mapJoints, readingOf } from "./joint-map.ts";

export interface Source extends Disposable {
  readonly meta: DatasetMeta;
  readonly wanted: Omit<FramesWanted, "signal">;
  rowsOf(frames: readonly LeRobotFrame[], episode: number): readonly DatasetRow[];
  /** What was left out, as a clause. */
  told(): string;
}

export interface ArmSourceOptions {
  readonly launch: string;
  readonly overrides: readonly string[];
  /** The feature of the measured joints, and that of the commanded ones. */
  readonly state: string;
  readonly action: string;
  readonly unit: AngleUnit;
  readonly joints: readonly string[] | null;
  /** "front=observation.images.top": a camera of the launch file and the feature that is its picture. */
  readonly camera: readonly string[];
  readonly out: string;
  readonly productVersion: string;
}

export function ownSource(meta: DatasetMeta): Source {
  const { numbers, pictures, rowsOf } = ownRows(meta);
  const { widthPx, heightPx } = meta;
  return { meta, wanted: { numbers, pictures, stride: 1, widthPx, heightPx }, rowsOf, told: () => "", [Symbol.dispose]: () => {} };
}

/** Actions are the displacements of the tool that the commanded joints amount to, as in play of our own. Throws `data.mismatch` for what does not fit the arm. */
export async function armSource(data: LeRobotData, options: ArmSourceOptions): Promise<Source> {
  const config = loadLaunch(options.launch, options.overrides);
  const spec = scaled(await robotOf(config), sharesOf(config));
  const { state, action, unit, joints, out, productVersion } = options;
  const [measured, commanded] = [state, action].map((feature) => mapJoints(data, { feature, spec, names: joints, unit }));
  const pictures = picturesOf(
    data,
    options.camera,
    config.cameras.map(({ name }) => name),
  );
  const stride = strideOf(data);
  const meta = foreign(metaOf({ config, spec, play: "free", folder: out, seed: 0, productVersion, resetEvery: null }), data);
  const body = await openBody({
    robot: spec,
    model: { axes: displacementAxes(meta.action), toolHeightM: meta.toolHeightM, controlPeriodS: meta.controlPeriodS },
    workspace: config.guards.workspace,
    keepOut: [],
    maxObservationAgeMs: config.guards.maxObservationAgeMs,
    maxPlanAgeMs: config.guards.maxPlanAgeMs,
  });
  const actionColumns = meta.columns.flatMap((name, at) => (name.startsWith("action.") ? [at] : []));
  let tooFast = 0;
  return {
    meta,
    wanted: { numbers: [state, action], pictures, stride, widthPx: meta.widthPx, heightPx: meta.heightPx },
    rowsOf(frames, episode) {
      const made = createRows({ episode, periodS: PERIOD_S, actionBetween: body.actionBetween });
      for (const [index, frame] of frames.entries()) {
        const positionRad = readingOf(frame.numbers[state]!, measured!);
        const stampNs = secondsToNs(index * PERIOD_S);
        const wrong = checkJoints({ positionRad, velocityRadPerS: new Float64Array(positionRad.length) }, spec.joints, OUTSIDE_RAD_MAX);
        if (wrong)
          throw new AgentError(
            "data.mismatch",
            `${data.folder}, episode ${episode}, frame ${index * stride}: ${wrong.message}; give --unit, or --joints`,
          );
        const seen = observationOf(frame, { meta, positionRad, stampNs });
        made.see(seen, atRest(readingOf(frame.numbers[action]!, commanded!)), body.toolAt(positionRad), null);
      }
      const kept = made.rows.filter(({ values }) => actionColumns.every((at) => Math.abs(values[at]!) <= 1));
      tooFast += made.rows.length - kept.length;
      return kept;
    },
    told: () =>
      tooFast === 0 ? "" : `; ${tooFast} left out, in which the tool went further than ${meta.action.scaleM} m in ${PERIOD_S} s`,
    [Symbol.dispose]: () => body[Symbol.dispose](),
  };
}

/** A reading further outside the joints' limits is in another unit, or of another arm. */
const OUTSIDE_RAD_MAX = 0.2;

/** Nobody knows where the things were. */
function foreign(meta: DatasetMeta, { folder, info }: LeRobotData): DatasetMeta {
  if (meta.toolHeightM !== null)
    throw new AgentError(
      "data.mismatch",
      `${folder}: its arm moves up and down too, the launch file's skill moves along ${meta.action.axes.join(", ")} alone; use one whose skill moves along x, y and z, such as reach`,
    );
  const columns = meta.columns.filter((name) => !name.startsWith("object"));
  return { ...meta, provenance: "real", scene: { name: `LeRobot, ${info.robot_type ?? "robot not named"}` }, columns };
}

/** Frames of theirs in a decision of ours. */
function strideOf({ folder, info: { fps } }: LeRobotData): number {
  const stride = Math.round(fps * PERIOD_S);
  if (Math.abs(stride - fps * PERIOD_S) > 0.01 || stride === 0)
    throw new AgentError(
      "data.mismatch",
      `${folder}: ${fps} frames a second do not give a decision each ${PERIOD_S} s; only multiples of ${1 / PERIOD_S} do`,
    );
  return stride;
}

/** The features of the launch file's cameras, in its order. */
function picturesOf({ folder, info }: LeRobotData, given: readonly string[], cameras: readonly string[]): readonly string[] {
  const chosen = new Map(given.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)] as const));
  const there = Object.keys(info.features).filter((name) => ["image", "video"].includes(info.features[name]!.dtype));
  return cameras.map((camera) => {
    const feature = chosen.get(camera) ?? `observation.images.${camera}`;
    if (!there.includes(feature))
      throw new AgentError(
        "data.mismatch",
        `${folder}: has no pictures "${feature}" for camera "${camera}", only ${there.join(", ") || "none"}; give --camera ${camera}=FEATURE`,
      );
    return feature;
  });
}

function observationOf(
  { pictures }: LeRobotFrame,
  { meta, positionRad, stampNs }: { readonly meta: DatasetMeta; readonly positionRad: Float64Array; readonly stampNs: bigint },
): Observation {
  const stamps = { stampNs, receivedNs: stampNs };
  const frames = meta.cameras.map(({ name, widthPx, heightPx }, i) => ({ camera: name, widthPx, heightPx, rgb: pictures[i]!, ...stamps }));
  return { ...stamps, frames, joints: { positionRad, velocityRadPerS: new Float64Array(positionRad.length), ...stamps } };
}
