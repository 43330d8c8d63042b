/** Stamps on our clock: a source's increase, though the map between the clocks is still being learned. */

/** `toMono`: null before the map is known, and so is the stamp. */
export function createIncreasingStamps(toMono: (simNs: bigint) => bigint | null): (source: string, simNs: bigint) => bigint | null {
  const last = new Map<string, bigint>();
  return (source, simNs) => {
    const mappedNs = toMono(simNs);
    if (mappedNs === null) return null;
    const lastNs = last.get(source) ?? mappedNs - 1n;
    const stampNs = mappedNs > lastNs ? mappedNs : lastNs + 1n;
    last.set(source, stampNs);
    return stampNs;
  };
}
