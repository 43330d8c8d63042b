/** What YAML came to: an alias may stand for what it stands in, and a few of them for more than fits into memory. */

/** As deep as JSON of others may be; a task of all its levels has a third of it. */
const DEPTH_MAX = 64;
/** Values of one file, those that aliases repeat counted again; ours have a few hundred. */
const VALUES_MAX = 100_000;

/** Why a value is none that a launch file can hold, behind "it "; null where it is plain. */
export function notPlain(value: unknown): string | null {
  let count = 0;
  const look = (each: unknown, depth: number): string | null => {
    if (++count > VALUES_MAX) return `holds more than ${VALUES_MAX} values; its aliases (*) repeat too much`;
    if (typeof each !== "object" || each === null) return null;
    if (depth > DEPTH_MAX) return `is nested more than ${DEPTH_MAX} deep, or an alias (*) in it stands for what it stands in; flatten it`;
    for (const part of Object.values(each)) {
      const why = look(part, depth + 1);
      if (why) return why;
    }
    return null;
  };
  return look(value, 0);
}
