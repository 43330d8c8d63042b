/** The certificates and keys that a launch file names are there and readable, before anybody dials with them. */
import { readPem } from "../../runtime/core/plain-file.ts";
import type { LaunchConfig } from "../config/schema.ts";

const KEYS = ["caFile", "certFile", "keyFile"] as const;

/** Throws AgentError `launch.invalid` for the first that cannot be read. */
export function checkCertificates({ mqtt, model }: Pick<LaunchConfig, "mqtt" | "model">): void {
  const sections: readonly (readonly [string, unknown])[] = [
    ["mqtt.broker", mqtt?.broker],
    ["model.provider", model.provider],
  ];
  for (const [name, section] of sections) {
    const named = (typeof section === "object" ? section : null) as Partial<Record<string, string | null>> | null;
    for (const key of KEYS) readPem(`${name}.${key}`, named?.[key] ?? null);
  }
}
