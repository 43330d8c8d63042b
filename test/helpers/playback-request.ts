/** A playback request as the client of Foxglove's SDK writes it. */
export function playbackRequest(isPlaying: boolean, rate: number, seekNs: bigint | null, id: string): Buffer {
  const head = Buffer.alloc(19);
  head.writeUInt8(3, 0);
  head.writeUInt8(isPlaying ? 0 : 1, 1);
  head.writeFloatLE(rate, 2);
  head.writeUInt8(seekNs === null ? 0 : 1, 6);
  head.writeBigUInt64LE(seekNs ?? 0n, 7);
  head.writeUInt32LE(Buffer.byteLength(id), 15);
  return Buffer.concat([head, Buffer.from(id)]);
}

/** A playback state as that client reads it; null for other messages. */
export function playbackState(bytes: Buffer) {
  if (bytes[0] !== 5) return null;
  return {
    status: ["playing", "paused", "buffering", "ended"][bytes.readUInt8(1)],
    atNs: bytes.readBigUInt64LE(2),
    rate: bytes.readFloatLE(10),
    hasSought: bytes.readUInt8(14) === 1,
    id: bytes.subarray(19, 19 + bytes.readUInt32LE(15)).toString(),
  };
}
