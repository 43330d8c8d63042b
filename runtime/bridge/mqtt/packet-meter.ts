/** Counts the bytes of MQTT packets as they stream in, so that one that is too large is noticed at its first bytes, before anybody keeps it. */

/** [MQTT-2.2.3] Remaining Length: at most four bytes of seven bits. */
const LENGTH_BYTES_MAX = 4;

/** Says of every chunk whether each packet in it, so far as it has begun, is at most `bytesMax` long; once it has said no, nothing after counts. */
export function createPacketMeter(bytesMax: number): (chunk: Uint8Array) => boolean {
  let bodyLeft = 0;
  /** -1 between packets, else how many bytes of the length were read. */
  let lengthBytes = -1;
  let length = 0;
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= taken;
        at += taken;
        continue;
      }
      const byte = chunk[at++]!;
      if (lengthBytes === -1) {
        [lengthBytes, length] = [0, 0]; // The first byte of a packet: its type and flags.
        continue;
      }
      length += (byte & 0x7f) * 128 ** lengthBytes++;
      if (length > bytesMax) return false;
      const hasMore = (byte & 0x80) !== 0;
      if (hasMore && lengthBytes >= LENGTH_BYTES_MAX) return false;
      if (hasMore) continue;
      bodyLeft = length;
      lengthBytes = -1;
    }
    return true;
  };
}
