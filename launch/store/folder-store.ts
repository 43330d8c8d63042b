/** A store that is a folder: of this machine, of a disk that is carried about, or of a network drive. */

import { AgentError } from "../../runtime/core/errors.ts";
import { FileFault, faultOf } from "../../runtime/core/file-fault.ts";
import { type FolderKind, OwnFolder } from "../../runtime/core/own-folder.ts";
import type { Store } from "./store.ts";

const FOLDER: FolderKind = {
  what: "store",
  marker: "store.json",
  owns: /^(store\.json|part-[0-9a-f]{64}|item-[0-9a-f]{64}\.json|[\w.-]+\.v\d+)$/,
  code: "data.corrupt",
  elsewhere: "name another folder",
  retry: "free some space and give the same command again, it goes on from there",
};

/** Throws AgentError `data.corrupt` for a folder that holds something else. */
export function openFolderStore(path: string): Store {
  const own = new OwnFolder(path, FOLDER);
  if (!own.has(FOLDER.marker)) own.replace(FOLDER.marker, '{ "format": 1 }\n');
  return {
    has: async (name) => own.has(name),
    async get(name, bytesMax) {
      if (!own.has(name)) return null;
      try {
        return own.bytes(name, bytesMax);
      } catch (cause) {
        if (!(cause instanceof FileFault) && !(cause as NodeJS.ErrnoException).code) throw cause;
        throw new AgentError(
          "data.corrupt",
          `store ${path}: ${name} cannot be read (${faultOf(cause)}); look at who may read it, or push it again`,
          { cause },
        );
      }
    },
    async add(name, bytes) {
      if (own.has(name)) return false;
      own.replace(name, bytes);
      return true;
    },
  };
}
