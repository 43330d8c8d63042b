/** How the columns of our rows become LeRobot's features, by name. */

export interface Cut {
  readonly feature: string;
  /** Of ours, in order. */
  readonly columns: readonly string[];
}

/** What the arm felt, what it was told, and, where somebody knew it, where the things were. */
export function cutsOf(columns: readonly string[]): readonly Cut[] {
  const starting = (...starts: readonly string[]): readonly string[] =>
    columns.filter((name) => starts.some((start) => name.startsWith(start)));
  const action = starting("action.");
  const environment = starting("object");
  const others = new Set([...action, ...environment, "episode", "step"]);
  return [
    { feature: "observation.state", columns: columns.filter((name) => !others.has(name)) },
    { feature: "action", columns: action },
    { feature: "observation.environment_state", columns: environment },
  ].filter((cut) => cut.columns.length > 0);
}

export const cameraFeature = (camera: string): string => `observation.images.${camera}`;
