/** Meshes that are needed for what they weigh: those of the model that are at hand, in the folder of its file. */
import { basename, extname, join } from "node:path";
import { insideFolderOf } from "./follow-includes.ts";
import { type Element, withAttributes } from "./xml.ts";

export interface MeshFinder {
  /** Takes the mesh over; or why not, in words that follow "which". */
  use(name: string): string | null;
  readonly hasUsed: boolean;
  /** The assets that were taken over, their files named as in `files`. */
  used(): readonly Element[];
  /** The name in the model, and the path. */
  readonly files: ReadonlyMap<string, string>;
}

const READABLE = new Set([".stl", ".obj", ".msh"]);

/** `setting` reads the compiler's settings. */
export function createMeshFinder(file: string, assets: readonly Element[], setting: (name: string) => string | undefined): MeshFinder {
  const folder = setting("meshdir") ?? setting("assetdir") ?? "";
  const strips = setting("strippath") === "true";
  const meshes = assets.flatMap(({ children }) => children.filter(({ tag }) => tag === "mesh"));
  const nameOf = ({ attributes }: Element): string =>
    attributes["name"] ?? basename(attributes["file"] ?? "", extname(attributes["file"] ?? ""));
  const used = new Map<string, Element>();
  const files = new Map<string, string>();
  const use = (name: string): string | null => {
    if (used.has(name)) return null;
    const mesh = meshes.find((each) => nameOf(each) === name);
    if (!mesh) return "is no asset of the file";
    const named = mesh.attributes["file"];
    if (named !== undefined) {
      const path = insideFolderOf(file, join(folder, strips ? basename(named) : named).replaceAll("\\", "/"));
      if (path === null) return "is not there";
      if (path === "outside") return `is outside the folder of ${file}`;
      const ending = extname(path).toLowerCase();
      if (!READABLE.has(ending)) return `is a ${ending || "file"} that MuJoCo does not read`;
      files.set(`mesh${files.size}${ending}`, path);
    }
    const kept = { name, file: named === undefined ? undefined : [...files.keys()].at(-1), material: undefined };
    used.set(name, withAttributes(mesh, kept));
    return null;
  };
  return {
    use,
    files,
    get hasUsed() {
      return used.size > 0;
    },
    used: () => [...used.values()],
  };
}
