/** A whole launch file as text, every guess in it with a comment that says so. */
import { Document, isScalar, visit, type YAMLMap } from "yaml";
import type { Proposal } from "../../robots/described/propose/description.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { ProposedArea } from "./area.ts";

export interface Proposed extends Proposal {
  readonly place: ProposedArea;
  readonly cameras: readonly CameraSpec[];
}

const SHOWN_MAX = 6;
export const someOf = (names: readonly string[]): string =>
  [...names.slice(0, SHOWN_MAX), ...(names.length > SHOWN_MAX ? [`${names.length - SHOWN_MAX} more`] : [])].join(", ");

/** Only inertias that are to be mended are spoken of. */
const withoutDefaults = ({ mendInertias, ...rest }: Proposal["description"]) => (mendInertias ? { ...rest, mendInertias } : rest);

/** `file` is how the arm's file is called from the launch file. */
export function launchText({ description, reasons, standing, others, place, cameras }: Proposed, file: string): string {
  const { area, cubeEdgeM, tableSurfaceM, workspace } = place;
  const document = new Document({
    robot: { ...withoutDefaults(description), file },
    backend: {
      kind: "sim",
      mode: "realtime",
      episode: "reach",
      scene: { area, objects: { cube: { shape: { kind: "box", sizeM: [cubeEdgeM, cubeEdgeM, cubeEdgeM] } } }, tableSurfaceM },
    },
    cameras,
    guards: { workspace },
    model: { path: `./${description.name}-reach` },
    task: { skill: "reach", goal: { kind: "image", source: "simulator" } },
  });
  document.commentBefore = [
    ` Written by foresight describe from ${file}. Whatever is marked "guess" was not in it: correct it.`,
    ...(standing.length > 0 ? [` no gripper: ${reasons["gripper"]}; ${someOf(standing)} stand still, a reach needs none`] : []),
    ...(others.length > 0 ? [` other arms of the file: ${others.join(", ")}; foresight describe FILE --tool NAME takes one of them`] : []),
  ].join("\n");
  const note = (path: readonly string[], comment: string): void => {
    const parent = document.getIn(path.slice(0, -1), true) as YAMLMap;
    const pair = parent.items.find(({ key }) => String((key as { value?: unknown }).value ?? key) === path.at(-1));
    const key = pair?.key as { commentBefore?: string } | undefined;
    if (key && typeof key === "object") key.commentBefore = ` ${comment}`;
  };
  note(["robot", "joints"], `guess: ${reasons["joints"]}; homeRad by inverse kinematics, the tool pointing down`);
  note(["robot", "tool"], `guess: ${reasons["tool"]}`);
  note(["robot", "base"], `guess: the link that the first joint turns on${reasons["base"] ? `; yawRad: ${reasons["base"]}` : ""}`);
  note(["robot", "gripper"], `guess: ${reasons["gripper"]}`);
  note(["robot", "massKg"], "guess: the file does not say what its links weigh");
  note(["robot", "mendInertias"], "the file has inertias that no body can have: true adds what is lacking to all three moments");
  note(["backend"], "guess: a table at the height that the arm reaches best, an area inside its reach");
  note(["cameras"], "guess: two that see the area; put yours, and write here where they are");
  note(["guards"], "guess: the area and some room around it; nothing else may be in there");
  visit(document, {
    Seq(_, node) {
      if (node.items.every(isScalar)) node.flow = true; // A place or a range, on one line.
    },
  });
  return document.toString({ lineWidth: 160, flowCollectionPadding: true, collectionStyle: "any" });
}
