/** Numbers for people: where there is no figure, that is said, and never NaN, Infinity or undefined. In JSON it is null. */

const NO_FIGURE = "no figure";

/** With so many decimals (all of them where not given) and its unit. */
export function figure(value: unknown, { digits, unit }: { readonly digits?: number; readonly unit?: string } = {}): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return NO_FIGURE;
  return `${digits === undefined ? value : value.toFixed(digits)}${unit ? ` ${unit}` : ""}`;
}

/** A share in [0, 1] as a percentage. */
export const percent = (share: number, digits = 1): string => figure(share * 100, { digits, unit: "%" });

/** For a report: rounded, or null where it is none. */
export const known = (value: number, digits: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);

/** A word that stands where a number should, also at the ends of a range (1..2); not one within a name, a path or quotes. */
const NON_NUMBER = /(?:(?<![\w./"'-])|(?<=\.\.))[-+]?(?:NaN|Infinity|undefined)(?![\w"']|[./-]\w)/g;

/** What is printed for people, whoever wrote it: the last look before they see it. */
export const inFigures = (text: string): string => text.replace(NON_NUMBER, NO_FIGURE);
