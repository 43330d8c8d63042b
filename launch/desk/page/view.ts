/** What the page of a command at a desk shows, whole. */

/** A joint as a bar: its range from left to right, and marks on it. */
export interface JointSeen {
  readonly name: string;
  readonly angleRad: number;
  readonly rangeRad: readonly [number, number];
  /** Between which angles it was moved; null where nobody asked for it. */
  readonly sweptRad: readonly [number, number] | null;
  /** Where the same joint of a leading arm stands; null without one. */
  readonly leaderRad: number | null;
  /** What is wrong with it and what to do; null where nothing is. */
  readonly why: string | null;
}

export interface Button {
  /** What a press of it is told as; another question has other ones. */
  readonly key: string;
  readonly label: string;
  /** Whether the space bar presses it, wherever on the page one is. */
  readonly onSpace: boolean;
}

export interface DeskView {
  readonly title: string;
  /** Where the command stands and what to do now, in words. */
  readonly step: string;
  readonly buttons: readonly Button[];
  readonly joints: readonly JointSeen[];
  /** Newest last. */
  readonly said: readonly string[];
  /** Of cameras, by name, with the number of the newest. */
  readonly pictures: Readonly<Record<string, number>>;
  /** How the command ended; null while it runs. */
  readonly end: { readonly isGood: boolean; readonly text: string } | null;
}
