/** All backends by kind, and the one that a launch file names, with its own section at hand. */
import type * as z from "zod";
import { AgentError } from "../../runtime/core/errors.ts";
import type { ModelPackage } from "../../runtime/core/model.ts";
import type { RobotSpec } from "../../runtime/core/robot.ts";
import type { Trial, TrialSpec } from "../../runtime/core/trial.ts";
import type { Problem } from "../config/problem.ts";
import type { LaunchConfig } from "../config/schema.ts";
import type { OpenTap, Run } from "../run/words.ts";
import type { Backend, BackendFacts, Ladder, Rung, SectionOf } from "./backend.ts";
import { feetech } from "./feetech/backend.ts";
import { gazebo } from "./gazebo/backend.ts";
import type { OpenedRobot, OpenRequest, OpenRobot } from "./opened.ts";
import { replay } from "./replay/backend.ts";
import { ros2 } from "./ros2/backend.ts";
import { sim } from "./sim/backend.ts";

type Kind = LaunchConfig["backend"]["kind"];

const shipped: { readonly [K in Kind]: Backend<K> } = { sim, gazebo, ros2, feetech, replay };
/** Of programs; their sections are known to themselves alone. */
const added = new Map<string, AddedBackend>();

/** A backend of a program's own. Its section of the launch file is what its schema gives. */
export interface AddedBackend {
  readonly kind: string;
  /** Of its whole section, `kind` included. */
  readonly schema: z.ZodObject<{ kind: z.ZodLiteral<string> }>;
  facts(section: unknown): BackendFacts;
  check?(section: unknown, launch: LaunchConfig): readonly Problem[];
  open(section: unknown, request: OpenRequest): Promise<OpenedRobot>;
}

/** Makes a backend of a program's own known to the launch files that it loads from now on. Throws AgentError `launch.invalid` for a kind that is taken. */
export function addBackend(backend: AddedBackend): void {
  if (Object.hasOwn(shipped, backend.kind) || added.has(backend.kind))
    throw new AgentError("launch.invalid", `backend.kind "${backend.kind}": there is one already; choose another name`);
  added.set(backend.kind, backend);
}

/** The schemas of backends that were added. */
export const addedSchemas = (): readonly AddedBackend["schema"][] => [...added.values()].map(({ schema }) => schema);

/** Whoever was added is held to the same contract as those that are shipped; only its section has a type that nobody here knows. */
const backendNamed = (kind: string): Backend<Kind> =>
  (Object.hasOwn(shipped, kind) ? shipped[kind as Kind] : { check: () => [], ...added.get(kind) }) as Backend<Kind>;

/** A launch file's backend, as everybody outside this folder sees it. */
export interface ChosenBackend {
  readonly facts: BackendFacts;
  problems(): readonly Problem[];
  reached(spec: RobotSpec): RobotSpec;
  prepare(model: ModelPackage): Promise<OpenRobot>;
  readonly open: OpenRobot;
  taps(opened: OpenedRobot, trial: Trial | null, spec: TrialSpec | null): readonly OpenTap[];
  /** How `foresight run` runs, given how an agent is run. */
  runner(run: Run): Run;
  /** Null where there is nothing to climb. */
  ladder(): { readonly ladder: Ladder; readonly wanted: Rung } | null;
}

export function backendOf(launch: LaunchConfig): ChosenBackend {
  return chosen(backendNamed(launch.backend.kind), launch.backend, launch);
}

function chosen<K extends Kind>(backend: Backend<K>, section: SectionOf<K>, launch: LaunchConfig): ChosenBackend {
  const open: OpenRobot = (request) => backend.open(section, request);
  const { run: own } = backend;
  return {
    facts: backend.facts(section),
    problems: () => backend.check(section, launch),
    reached: (spec) => backend.reached?.(section, spec) ?? spec,
    open,
    prepare: async (model) => (await backend.prepare?.(section, launch, model)) ?? open,
    taps: (opened, trial, spec) => (backend.taps?.(section, opened, trial, spec) ?? []).map((tap) => () => tap),
    runner: (run) => (own ? (blueprint, io) => own(section, blueprint, io, run) : run),
    ladder: () => backend.ladder?.(launch, section) ?? null,
  };
}

/** The same launch file for a command that looks at an arm that is there whether we look or not. Throws AgentError `launch.invalid` where the backend makes one. */
export function lookedAt(launch: LaunchConfig, command: string): LaunchConfig {
  const { kind } = launch.backend;
  if (backendNamed(kind).looking) return onlyLooking(launch);
  const kinds = Object.values(shipped).flatMap((each) => (each.looking ? [each.kind] : []));
  throw new AgentError("launch.invalid", `backend.kind "${kind}": ${command} looks at an arm that is there; use ${kinds.join(" or ")}`);
}

/** The same launch file for a command that only looks at the arm. */
export const onlyLooking = (launch: LaunchConfig): LaunchConfig => changed(launch, "looking");
/** The same launch file for a command that moves one joint while a person holds a key. */
export const onlyJogging = (launch: LaunchConfig): LaunchConfig => changed(launch, "jogging");

function changed(launch: LaunchConfig, purpose: "looking" | "jogging"): LaunchConfig {
  const backend = backendNamed(launch.backend.kind);
  return { ...launch, backend: backend[purpose]?.(launch.backend) ?? launch.backend };
}
