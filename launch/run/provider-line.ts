/** Where a model computes, in a line. Why it is not elsewhere is told when the launch file asked for elsewhere, or somebody for the reasons. */

export interface ProviderLine {
  readonly model: string;
  /** As the launch file has it. */
  readonly asked: string;
  readonly provider: { readonly name: string; readonly fallbackReason: string | null };
  readonly verbose: boolean;
}

export function providerLine({ model, asked, provider: { name, fallbackReason }, verbose }: ProviderLine): string {
  const tellsWhy = fallbackReason !== null && (asked !== "auto" || verbose);
  return `model: ${model} on ${name}${tellsWhy ? ` (${fallbackReason})` : ""}`;
}
