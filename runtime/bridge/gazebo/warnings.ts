/** What is odd but no error: said once, kept for who asks why nothing arrives. */
export interface GazeboWarning {
  readonly kind:
    | "two-providers"
    | "not-on-loopback"
    | "wrong-type"
    | "wrong-version"
    | "two-families"
    | "garbage"
    | "overload"
    | "unknown-caller";
  readonly message: string;
}

/** Warnings beyond this many are dropped; each is said once. */
const WARNINGS_MAX = 200;

export interface Warnings {
  /** Says it unless the same was said before. */
  add(kind: GazeboWarning["kind"], message: string): void;
  all(): readonly GazeboWarning[];
}

export function createWarnings(onWarning: (warning: GazeboWarning) => void): Warnings {
  const said = new Map<string, GazeboWarning>();
  return {
    add(kind, message) {
      if (said.has(message) || said.size >= WARNINGS_MAX) return;
      said.set(message, { kind, message });
      onWarning({ kind, message });
    },
    all: () => [...said.values()],
  };
}
