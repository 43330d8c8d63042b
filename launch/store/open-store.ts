/** A store by its address. */
import { AgentError } from "../../runtime/core/errors.ts";
import type { Store } from "./store.ts";

/** s3://BUCKET/PREFIX, or a folder. Throws AgentErrors `launch.invalid`, and `data.corrupt` for a folder of something else. */
export async function openStore(address: string, environment: Readonly<Record<string, string | undefined>> = process.env): Promise<Store> {
  if (address.startsWith("s3:")) return (await import("./s3-store.ts")).openS3Store(address, environment);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address))
    throw new AgentError("launch.invalid", `store ${address.slice(0, 100)}: is no s3://BUCKET/PREFIX and no folder; give one of both`);
  return (await import("./folder-store.ts")).openFolderStore(address);
}
