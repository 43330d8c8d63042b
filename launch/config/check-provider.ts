/** What `model.provider` must satisfy beyond its schema: no secret in the clear, no half of a certificate. */
import type { Problem } from "./problem.ts";
import type { ProviderSection } from "./schema-provider.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function providerProblems(provider: ProviderSection): readonly Problem[] {
  if (typeof provider === "string") return [];
  const { server, token, certFile, keyFile } = provider;
  const { protocol, hostname } = new URL(server);
  const isOpen = (protocol === "http:" || protocol === "grpc:") && !LOOPBACK.test(hostname);
  const at = (key: string) => ["model", "provider", key];
  return [
    ...(isOpen && token !== undefined
      ? [{ path: at("server"), message: `${protocol}//${hostname} would carry the token in the clear; use https:// or grpcs://` }]
      : []),
    ...((certFile === null) !== (keyFile === null)
      ? [{ path: at("certFile"), message: "a certificate and its key go together; give both" }]
      : []),
  ];
}
