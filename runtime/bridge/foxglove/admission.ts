/** Who may connect, judged by the request alone: programs of this machine and the pages that the launch file names; the bearer of the token may command. */
import { sameSecret } from "../../core/secret.ts";

/** Names of the protocol, newest first: Foxglove offers only the first, older Lichtblicks only the second. What we say is the same under both. */
const PROTOCOLS = ["foxglove.sdk.v1", "foxglove.websocket.v1"] as const;

/** Headers of the request, and its path with the query. */
export interface Visit {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly protocols: string | undefined;
  readonly path: string;
}

export interface Rules {
  readonly token: string;
  /** Whose pages may connect beside our own, such as https://app.foxglove.dev. */
  readonly origins: readonly string[];
}

export type Admission =
  | { readonly kind: "admitted"; readonly mayCommand: boolean }
  | { readonly kind: "refused"; readonly status: 400 | 401 | 403; readonly why: string };

export function admit({ host = "", origin, protocols = "", path }: Visit, { token, origins }: Rules): Admission {
  const refused = (status: 400 | 401 | 403, why: string): Admission => ({ kind: "refused", status, why });
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/.test(host))
    return refused(403, `requests for ${host.slice(0, 100)} are not taken; open the address that was printed`);
  if (origin !== undefined && origin !== `http://${host}` && !origins.includes(origin))
    return refused(
      403,
      `pages of ${origin.slice(0, 100)} are not taken; to let them look, name them in foxglove.origins of the launch file`,
    );
  if (chooseProtocol(protocols.split(",").map((name) => name.trim())) === null)
    return refused(400, `offer the WebSocket protocol ${PROTOCOLS.join(" or ")}`);
  const given = tokenOf(path);
  if (given === null) return { kind: "admitted", mayCommand: false };
  return sameSecret(given, token)
    ? { kind: "admitted", mayCommand: true }
    : refused(401, "that token is another one; open the address that was printed, or leave the token out to look only");
}

/** The newest name that both know, or null. */
export function chooseProtocol(offered: Iterable<string>): string | null {
  const names = new Set(offered);
  return PROTOCOLS.find((name) => names.has(name)) ?? null;
}

function tokenOf(path: string): string | null {
  const query = path.indexOf("?");
  return query < 0 ? null : new URLSearchParams(path.slice(query + 1)).get("token");
}
