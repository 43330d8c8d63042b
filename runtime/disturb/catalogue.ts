/** Every fault that can be put into a run, by name; and a run's disturbance from what its user wrote. */
import * as z from "zod";
import { AgentError } from "../core/errors.ts";
import { compose, type Disturbance } from "./disturbance.ts";
import type { Disturbed, FaultKind, FaultSpec } from "./fault.ts";
import { FAULTS_OF_ARM, FAULTS_OF_CLOCK, FAULTS_OF_MODELS, FAULTS_OF_PROCESSES } from "./of-machine.ts";
import { FAULTS_OF_SAMPLES } from "./of-samples.ts";

export const FAULTS: Readonly<Record<string, FaultKind>> = {
  ...FAULTS_OF_SAMPLES,
  ...FAULTS_OF_ARM,
  ...FAULTS_OF_MODELS,
  ...FAULTS_OF_CLOCK,
  ...FAULTS_OF_PROCESSES,
};

/** Of one run. */
export const FAULTS_MAX = 32;

const names = Object.keys(FAULTS) as [string, ...string[]];
const list = names.map((name) => `${name}: ${FAULTS[name]!.about}`).join("; ");

export const faultSchema = z
  .strictObject({
    fault: z.enum(names).meta({ description: `Which: ${list}` }),
    fromS: z.number().min(0).max(86_400).meta({ description: "When it begins, since the run began [s]" }),
    forS: z.number().positive().max(86_400).optional().meta({ description: "How long it lasts; left out, to the end [s]" }),
    of: z.string().min(1).max(100).optional().meta({ description: "Of which camera or joint; left out, of the first" }),
    by: z.number().optional().meta({ description: "How much, in the unit of the fault; left out, what is usual for it" }),
  })
  .meta({ id: "Fault", description: "Something that goes wrong on purpose, to rehearse what then happens" });

/** Throws AgentError `launch.invalid` for a camera or joint that there is not. */
export function disturbanceOf(specs: readonly FaultSpec[], disturbed: Disturbed): Required<Disturbance> {
  return compose(specs.map((spec) => made(spec, disturbed)));
}

function made(spec: FaultSpec, { cameras, joints }: Disturbed): Disturbance {
  const { fault, fromS, forS = Number.POSITIVE_INFINITY } = spec;
  const kind = FAULTS[fault];
  if (!kind) throw new AgentError("launch.invalid", `fault "${fault}" does not exist; use one of ${names.join(", ")}`);
  const known = kind.of === "joint" ? joints : cameras;
  const of = spec.of ?? known[0] ?? "";
  if (spec.of !== undefined && !known.includes(of))
    throw new AgentError("launch.invalid", `fault "${fault}": there is no ${kind.of ?? "camera"} "${of}"; use one of ${known.join(", ")}`);
  return kind.make({
    fromS,
    toS: fromS + forS,
    isOn: (atS) => atS >= fromS && atS < fromS + forS,
    of,
    joint: Math.max(0, joints.indexOf(of)),
    other: cameras.find((each) => each !== of) ?? of,
    by: spec.by ?? kind.by?.usually ?? 0,
  });
}

const WRITTEN = /^(?<fault>[\w-]+)(?::(?<of>[^=@]+))?(?:=(?<by>[^@]+))?@(?<fromS>[\d.]+)(?:\+(?<forS>[\d.]+))?$/;

/** From the command line: `camera-frozen:front@5+3`, `clock-forward=500@2`. Throws AgentError `launch.invalid`. */
export function readFault(text: string): FaultSpec {
  const { fault, of, by, fromS, forS } = WRITTEN.exec(text)?.groups ?? {};
  const read = faultSchema.safeParse({
    fault,
    fromS: Number(fromS),
    ...(forS !== undefined && { forS: Number(forS) }),
    ...(of !== undefined && { of }),
    ...(by !== undefined && { by: Number(by) }),
  });
  if (read.success) return read.data;
  throw new AgentError(
    "launch.invalid",
    `fault "${text}": write NAME[:OF][=BY]@FROM[+FOR], seconds since the run began, such as camera-frozen:front@5+3; NAME is one of ${names.join(", ")}`,
  );
}
