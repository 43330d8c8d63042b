/** The packages that only MQTT needs, loaded when first asked for. */
import { AgentError } from "../../core/errors.ts";

export type Mqtt = typeof import("mqtt");
export type AedesModule = typeof import("aedes");

export const loadMqtt = (): Promise<Mqtt> => load("mqtt", async () => (await import("mqtt")).default);
export const loadAedes = (): Promise<AedesModule> => load("aedes", () => import("aedes"));

/** Runs the import; a failure becomes AgentError `bridge.missing` that says what to install. */
async function load<T>(name: string, importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (cause) {
    const missing = (cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
    const found = missing ? "is not installed" : `does not load (${(cause as Error).message.split("\n")[0]})`;
    throw new AgentError("bridge.missing", `package "${name}" ${found}; the MQTT bridge needs it: npm install ${name}`, { cause });
  }
}
