/** Bytes to a bus of servos and back: a serial port, a pseudo-terminal, or memory in a test. */

export interface BytePort extends AsyncDisposable {
  /** As the person who plugged it in calls it. */
  readonly name: string;
  /** The port copies what it keeps. Never throws: a port that is gone tells `onClosed`. */
  write(bytes: Uint8Array): void;
  /** One listener. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** One listener, called once, with why; not after disposing. */
  onClosed(listener: (why: string) => void): void;
}
