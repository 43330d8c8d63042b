/** Where a model package is written before it takes its place: beside it, so that what is in use stays in use until the new one is whole. */
import { basename } from "node:path";
import { AgentError } from "../core/errors.ts";
import { faultOf } from "../core/file-fault.ts";
import { MODEL_NAME, MODEL_NAME_IS } from "../core/model.ts";
import { draftOf, kindOf } from "../core/own-files.ts";
import { exchangeFolders, type FolderKind, OwnFolder, placeToExchange } from "../core/own-folder.ts";

export const PACKAGE_FOLDER: FolderKind = {
  what: "model package",
  marker: "model.json",
  owns: /^(model\.json|training\.json|sights\.json|[\w-][\w.-]*\.onnx)$/,
  code: "train.checkpoint",
  elsewhere: "give another --out",
  retry: "free some space and give the same command again",
};

function placeOf(out: string): string {
  try {
    return placeToExchange(out);
  } catch (cause) {
    throw new AgentError("train.checkpoint", `--out ${out}: cannot be used (${faultOf(cause)}); ${PACKAGE_FOLDER.elsewhere}`, { cause });
  }
}

export class PackageDraft implements Disposable {
  /** Absolute; where the package is written. */
  readonly folder: string;
  /** Absolute; where it goes. */
  readonly place: string;
  /** What the package is called. */
  readonly name: string;
  readonly #own: OwnFolder;
  #isPublished = false;

  /** Tries the place before any work is done for it. Throws AgentError `launch.invalid` for a name that no model can have, `train.checkpoint` for a place that cannot be written to or holds something else. */
  constructor(out: string) {
    this.place = placeOf(out);
    this.name = basename(out);
    if (!MODEL_NAME.test(this.name))
      throw new AgentError(
        "launch.invalid",
        `--out ${out}: a model is called as its folder, and "${this.name}" is no name (${MODEL_NAME_IS}); name the folder so`,
      );
    if (kindOf(this.place) !== "nothing") new OwnFolder(this.place, PACKAGE_FOLDER); // Throws where something else is there.
    this.folder = draftOf(this.place);
    this.#own = new OwnFolder(this.folder, PACKAGE_FOLDER);
    this.#own.removeOwn(); // What an interrupted writer left.
    this.#own.replace("model.json", "{}\n"); // To be sure that it can be written to.
  }

  /** Something more that goes with the package. Throws AgentError `train.checkpoint`. */
  add(file: "training.json" | "sights.json", content: string): void {
    this.#own.replace(file, content);
  }

  /** The finished package takes its place; returns where the one that was there is kept, null where there was none. */
  publish(): string | null {
    try {
      const kept = exchangeFolders(this.folder, this.place);
      this.#isPublished = true;
      return kept;
    } catch (cause) {
      this.#isPublished = true; // It is whole, and stays where it is.
      throw new AgentError(
        "train.checkpoint",
        `${this.place}: could not be exchanged for the new package (${faultOf(cause)}); that one is whole in ${this.folder}: move it yourself`,
        { cause },
      );
    }
  }

  /** Without `publish` before, nothing is left of the draft. */
  [Symbol.dispose](): void {
    if (!this.#isPublished) this.#own.removeAll();
  }
}
