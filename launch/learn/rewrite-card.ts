/** Changes what a model's card says of it, and leaves the rest as it is. */
import { join } from "node:path";
import { cardText } from "../../runtime/core/card-hash.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { faultOf } from "../../runtime/core/file-fault.ts";
import { parseJson } from "../../runtime/core/json.ts";
import { tryWriting } from "../../runtime/core/own-files.ts";
import { OwnFolder } from "../../runtime/core/own-folder.ts";
import { readPlainText } from "../../runtime/core/plain-file.ts";
import { PACKAGE_FOLDER } from "../../runtime/learn/package-draft.ts";
import { loadModelPackage } from "../../runtime/predict/model-package.ts";

const CARD = { bytesMax: 10_000_000, code: "model.missing", remedy: "train or download the package again" } as const;

/** Before the work of which it will tell. Throws AgentError `train.checkpoint` for a card that cannot be written. */
export async function tryCard(folder: string): Promise<void> {
  const card = join(folder, "model.json");
  await tryWriting(card).catch((cause) => {
    const remedy = "copy the package to where it can be, and name that with model.path:=FOLDER";
    throw new AgentError("train.checkpoint", `${card}: could not be written when the figures are known (${faultOf(cause)}); ${remedy}`, {
      cause,
    });
  });
}

/** Throws AgentErrors of the package: nobody is told of a model that does not load. */
export async function rewriteCard(folder: string, change: (card: Readonly<Record<string, unknown>>) => object): Promise<void> {
  const { cardHash: _, ...card } = parseJson(readPlainText(join(folder, "model.json"), { ...CARD, subject: folder })) as Record<
    string,
    unknown
  >;
  new OwnFolder(folder, PACKAGE_FOLDER).replace("model.json", cardText({ ...card, ...change(card) }));
  await loadModelPackage(folder);
}
