/** Files of the robot for whoever draws it: models, meshes and textures from its own folder, never from outside. */
import { constants } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";

export interface RobotFolder {
  /** package://ROBOT/... is the folder itself; any other package is a folder in it. */
  readonly robot: string;
  /** Absolute path. */
  readonly path: string;
}

/** Of one file. */
const BYTES_MAX = 16 * 1024 * 1024;
/** A file is read by so many at once. */
const READING_MAX = 4;
/** SAFETY: what a robot is drawn with, and nothing else that may lie beside an arm's own file. */
const KINDS: ReadonlySet<string> = new Set([
  ".urdf",
  ".xacro",
  ".xml",
  ".mjcf",
  ".sdf",
  ".stl",
  ".dae",
  ".obj",
  ".mtl",
  ".gltf",
  ".glb",
  ".png",
  ".jpg",
  ".jpeg",
]);

/** Resolves with the file's bytes. Throws AgentError `bridge.refused`. */
export type FetchAsset = (uri: string) => Promise<Uint8Array>;

export function createAssets({ robot, path: folder }: RobotFolder): FetchAsset {
  let reading = 0;
  return async (uri) => {
    const inside = insideOf(uri, robot);
    if (reading >= READING_MAX) throw refused(uri, `${READING_MAX} files are being read; ask again`);
    reading++;
    try {
      return await readInside(folder, inside, uri);
    } finally {
      reading--;
    }
  };
}

/** The path in the folder that an address means. */
function insideOf(uri: string, robot: string): string {
  const [, address] = /^package:\/\/([^?#]+)$/.exec(uri) ?? [];
  if (address === undefined) throw refused(uri, `only package://${robot}/... is served; ask for that`);
  const names = decoded(address, uri).split("/");
  if (names.some((name) => name === "" || name.startsWith(".") || name.includes("\\") || name.includes("\0")))
    throw refused(uri, "it leaves the robot's folder, or names what is hidden; ask for a file within it");
  if (!KINDS.has(extname(names.at(-1) ?? "").toLowerCase()))
    throw refused(uri, `only ${[...KINDS].join(", ")} are served; ask for one of those`);
  return join(...(names[0] === robot ? names.slice(1) : names));
}

function decoded(address: string, uri: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    throw refused(uri, "it is no address; ask for package://ROBOT/FILE");
  }
}

async function readInside(folder: string, inside: string, uri: string): Promise<Uint8Array> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, inside))]);
    if (!path.startsWith(root + sep)) throw refused(uri, "a link leads out of the robot's folder; put the file itself there");
    if (!(await stat(path)).isFile()) throw refused(uri, "it is no file; ask for one"); // Opening is already too much for a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw refused(uri, "it is no file; ask for one");
    if (found.size > BYTES_MAX) throw refused(uri, `it has ${found.size} bytes, at most ${BYTES_MAX} are served; ask for one of those`);
    const { buffer, bytesRead } = await file.read(new Uint8Array(found.size), 0, found.size, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw refused(uri, `${faultOf(cause)}; look whether it is there and may be read`, cause);
  }
}

const refused = (uri: string, why: string, cause?: unknown): AgentError =>
  new AgentError("bridge.refused", `${uri.slice(0, 200)}: ${why}`, { cause });
