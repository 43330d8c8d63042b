/** What a training shows at its end, in words: is it worth planning with? */

import { figure } from "../../runtime/core/figure.ts";

type Figures = Readonly<Record<string, unknown>>;

/** Below this many directions an embedding of 64 says next to nothing. */
const RANK_COLLAPSED = 3;

const centimetres = (valueM: unknown): string => figure(typeof valueM === "number" ? 100 * valueM : null, { digits: 2, unit: "cm" });
const number = (value: unknown, digits: number): string => figure(value, { digits });
const spreads = ({ median, p95, tellsWrong, tellsStrange }: Figures): string =>
  `median ${number(median, 3)}, 95 % below ${number(p95, 3)}; tells wrong predictions ${number(tellsWrong, 2)}, states never seen ${number(tellsStrange, 2)} (0.5 is guessing)`;
const part = (figures: Figures, name: string): Figures | null => (figures[name] as Figures | undefined) ?? null;

/** Several lines; the last says so when the embedding collapsed. */
export function printTraining(evaluation: Figures): string {
  const heldOut = evaluation["heldOutFrames"];
  const lines = heldOut === undefined ? [] : [`held out       ${heldOut} decisions that no phase was trained on`];
  for (const [name, what] of [
    ["probeObject", "object"],
    ["probeTool", "tool"],
  ] as const) {
    const probe = part(evaluation, name);
    if (probe) {
      const mlp = `network ${centimetres(probe["mlpMeanM"])}, 95 % within ${centimetres(probe["mlpP95M"])}`;
      lines.push(`${what.padEnd(14)} told from the embedding: linear ${centimetres(probe["linearMeanM"])}, ${mlp}`);
    }
  }
  if (part(evaluation, "probeTool") && !part(evaluation, "probeObject"))
    lines.push(
      "object         not told: the data do not say where it is, so there is no probe of it; judge the model by eval, or by the tool",
    );
  const rank = evaluation["effectiveRank"];
  if (rank !== undefined) lines.push(`effective rank ${number(rank, 1)}`);
  for (const k of [1, 4, 8]) {
    const ahead = part(evaluation, `ahead${k}`);
    if (!ahead) continue;
    const object =
      "objectMeanM" in ahead
        ? `; object where it moved ${centimetres(ahead["objectMeanM"])} (standing still ${centimetres(ahead["copyMeanM"])}, seen ${centimetres(ahead["seenMeanM"])})`
        : "";
    lines.push(`${String(k).padStart(2)} ahead       latent error ${number(ahead["latentRelativeToCopy"], 3)} of standing still${object}`);
  }
  const critic = part(evaluation, "critic");
  if (critic)
    lines.push(
      `critic         ${Object.entries(critic)
        .map(([name, cost]) => `${name} ${number(cost, 2)}`)
        .join(", ")} decisions`,
    );
  const order = Object.entries((part(evaluation, "order") ?? {}) as Readonly<Record<string, Figures>>);
  if (order.length > 0)
    lines.push(
      `order          ${order.map(([phase, { consistent, pairs }]) => `${phase} ${number(consistent, 3)} of ${pairs}`).join(", ")}: nearer three decisions on`,
    );
  const uncertainty = part(evaluation, "uncertainty");
  if (uncertainty) lines.push(`uncertainty    ${spreads(uncertainty)}`);
  const peakMib = evaluation["peakResidentMib"];
  if (typeof peakMib === "number") lines.push(`memory         ${peakMib.toFixed(0)} MiB resident at most`);
  if (typeof rank === "number" && rank < RANK_COLLAPSED) {
    lines.push(
      `COLLAPSED      the embedding uses ${number(rank, 1)} directions: whatever is seen looks the same to it; train with the regulariser`,
    );
  }
  return lines.join("\n");
}
