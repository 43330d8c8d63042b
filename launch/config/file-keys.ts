/** Which keys of a launch file hold a file or folder, and how a launch file travels to a machine where the project lies elsewhere. */
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import { AgentError } from "../../runtime/core/errors.ts";
import { packageRoot } from "../../runtime/core/package-root.ts";
import { type Path, pathText } from "./key-hints.ts";

/** Keys that hold a file or folder: ./ and ../ count from the file that says so, other relative paths from the project's root (a recording's and a robot's from here). */
export const isFileKey = (path: Path): boolean =>
  /^(model\.path|backend\.(path|calibration)|robot\.file|mqtt\.broker\.(ca|cert|key)File|((urgent\.[^.]+\.)?task\b.*\.goal|goals\.[^.]+)\.files\.[^.]+)$/.test(
    pathText(path),
  );

/** Files that the user made, not ones that came with the project. */
export const isOwnFile = (path: Path): boolean => ["backend.path", "robot.file"].includes(pathText(path));

/** A copy whose files are told from the project's root, wherever that is. Throws AgentError `launch.invalid` for a file outside of it, and for a robot's own file. */
export function fromRoot<T>(config: T, root = packageRoot): T {
  const tell = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => tell(each, [...path, index]));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, tell(each, [...path, key])]));
    if (typeof value !== "string" || !isFileKey(path)) return value;
    const inside = relative(root, resolve(root, value));
    if (!isOwnFile(path) && !isAbsolute(inside) && inside.split(sep)[0] !== "..") return inside.split(sep).join(posix.sep);
    const remedy = `put it under ${root}, there and here alike, and name it from there`;
    throw new AgentError("launch.invalid", `${pathText(path)}: ${value} is not looked for on other machines; ${remedy}`);
  };
  return tell(config, []) as T;
}
