/** The models that a server of ours holds: by the name that their hash gives them, so that nobody can put another one in their place; the one not asked for the longest makes room. */
import { AgentError } from "../../core/errors.ts";
import { sha256 } from "../../core/sha256.ts";
import { importModel } from "../import.ts";
import type { SessionWorker } from "../session-host.ts";
import type { Session, SessionOptions } from "../session-types.ts";
import { modelNameOf } from "./link.ts";

export interface ModelShelf {
  find(model: string): Promise<Session> | undefined;
  /** Throws AgentError `model.mismatch` for bytes that are not what the name says, or models that could reach outside their file; else as opening it throws. */
  put(model: string, bytes: Uint8Array): Promise<void>;
  readonly names: readonly string[];
}

const MODELS_MAX = 16;

export function createShelf(worker: SessionWorker, options: SessionOptions): ModelShelf {
  const models = new Map<string, Promise<Session>>(); // In the order of their last use.
  return {
    get names() {
      return [...models.keys()];
    },
    find(model) {
      const session = models.get(model);
      if (!session) return undefined;
      models.delete(model);
      models.set(model, session);
      return session;
    },
    async put(model, bytes) {
      const is = modelNameOf(sha256(bytes));
      if (model !== is) throw new AgentError("model.mismatch", `model ${model}: its bytes are those of ${is}; name it so`);
      if (models.has(model)) return;
      importModel(bytes, model); // SAFETY: refuses what would read other files of this machine, or was never meant to run here.
      const session = worker.open(bytes, { ...options, name: model });
      models.set(model, session);
      try {
        await session;
      } catch (error) {
        models.delete(model);
        throw error;
      }
      const [oldest] = models.keys();
      if (models.size <= MODELS_MAX || oldest === undefined) return;
      const dropped = models.get(oldest);
      models.delete(oldest);
      await (await dropped)?.[Symbol.asyncDispose]();
    },
  };
}
