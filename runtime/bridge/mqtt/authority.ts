/** Who may command: the commanders that the launch file names, each with its secret or vouched for by the broker. */
import { sameSecret } from "../../core/secret.ts";

/** Name to secret; a null secret means that the broker's own accounts and rules vouch for whoever uses the name. */
export type Commanders = Readonly<Record<string, { readonly token: string | null }>>;

/** Null when this is one of them, else why not; no secret is ever in the sentence. */
export function strangerBecause(commanders: Commanders, name: string, token: string | undefined): string | null {
  const known = Object.hasOwn(commanders, name) ? commanders[name] : undefined;
  // SAFETY: one sentence for both, and a comparison in any case, so that nobody learns which names exist.
  const isRight = sameSecret(token ?? "", known?.token ?? "") && known !== undefined;
  return known?.token === null || (isRight && token !== undefined)
    ? null
    : `commander "${name}" is not known here, or its token is another one; see mqtt.commanders of the launch file`;
}
