/** One line of `foresight doctor`: what was looked for, what was found, what to do. */
export interface Check {
  readonly name: string;
  /** Without it the product does not work here; the others are extras. */
  readonly needed: boolean;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do, or null when nothing is missing. */
  readonly remedy: string | null;
}

/** One that is needed. `remedy` is told only where it is not well. */
export const checked = (name: string, ok: boolean, found: string, remedy: string): Check => ({
  name,
  ok,
  needed: true,
  found,
  remedy: ok ? null : remedy,
});
