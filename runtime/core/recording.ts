/** Recording while a run goes on, in the words of whoever asks for it and of whoever is shown it. */

/** start: from now on, into a new file. stop: that recording ends. save: the newest seconds, as a file of their own. */
export const RECORDING_WISHES = ["start", "stop", "save"] as const;
export type RecordingWish = (typeof RECORDING_WISHES)[number];

/** The recording that somebody started last. */
export interface RecordingState {
  readonly file: string;
  /** False once it has ended. */
  readonly isOn: boolean;
  /** On the disk so far, all its parts together. */
  readonly bytes: number;
  /** News that were left out so far (count). */
  readonly dropped: number;
  /** What became of it, for people; null while it goes on. */
  readonly said: string | null;
}
