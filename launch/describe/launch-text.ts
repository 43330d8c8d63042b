/** A whole launch file as text, every guess in it with a comment that says so. */
import { Document, type YAMLMap } from "yaml";
import type { Proposal } from "../../robots/described/propose/description.ts";
import type { CameraSpec } from "../../runtime/core/sensing.ts";
import type { ProposedArea } from "./area.ts";

export interface Proposed extends Proposal {
  readonly place: ProposedArea;
  readonly cameras: readonly CameraSpec[];
}

/** `file` is how the arm's file is called from the launch file. */
export function launchText({ description, reasons, gripper, others, place, cameras }: Proposed, file: string): string {
  const { area, cubeEdgeM, tableSurfaceM, workspace } = place;
  const document = new Document({
    robot: { ...description, file },
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
    ...(gripper.length > 0 ? [` gripper: ${gripper.join(", ")} stand still; a reach needs none`] : []),
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
  note(["robot", "massKg"], "guess: the file does not say what its links weigh");
  note(["robot", "mendInertias"], "the file has inertias that no body can have: true adds what is lacking to all three moments");
  note(["backend"], "guess: a table at the height that the arm reaches best, an area inside its reach");
  note(["cameras"], "guess: two that see the area; put yours, and write here where they are");
  note(["guards"], "guess: the area and some room around it; nothing else may be in there");
  return document.toString({ lineWidth: 160, flowCollectionPadding: true, collectionStyle: "any" });
}
