/** Pictures of a video file through the system's ffmpeg, cropped and scaled by it, handed over raw. */
import { type ExecFileException, execFile } from "node:child_process";
import { AgentError } from "../../core/errors.ts";
import { faultOf } from "../../core/file-fault.ts";

export interface VideoWanted {
  readonly path: string;
  /** Where to begin, seconds. */
  readonly fromS: number;
  /** Pictures wanted, `stride` frames apart. */
  readonly count: number;
  readonly stride: number;
  readonly fps: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly signal: AbortSignal;
}

const COMMAND = "ffmpeg";
const TIMEOUT_MS = 120_000;

/** RGB row-major each. Throws `data.missing` where there is no ffmpeg, `data.corrupt` for what it cannot decode. */
export async function videoFrames({
  path,
  fromS,
  count,
  stride,
  fps,
  widthPx,
  heightPx,
  signal,
}: VideoWanted): Promise<readonly Uint8Array[]> {
  const size = widthPx * heightPx * 3;
  const scale = `scale=${widthPx}:${heightPx}:force_original_aspect_ratio=increase,crop=${widthPx}:${heightPx}`;
  // Half a frame earlier: the stamp of a frame is rounded in the file.
  const begin = Math.max(0, fromS - 0.5 / fps).toFixed(6);
  const input = ["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-ss", begin, "-i", path];
  const output = [
    "-vf",
    `select=not(mod(n\\,${stride})),${scale}`,
    "-vsync",
    "0",
    "-frames:v",
    String(count),
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgb24",
    "-",
  ];
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const options = { encoding: "buffer", maxBuffer: size * count + 1, timeout: TIMEOUT_MS, signal } as const;
    execFile(COMMAND, [...input, ...output], options, (error, stdout, stderr) =>
      error ? reject(refusal(path, error, stderr)) : resolve(stdout),
    );
  });
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => new Uint8Array(bytes.subarray(i * size, (i + 1) * size)));
}

function refusal(path: string, error: ExecFileException, stderr: Buffer): Error {
  if (error.name === "AbortError") return error;
  if (error.code === "ENOENT")
    return new AgentError(
      "data.missing",
      `${path}: its pictures are video, and there is no ${COMMAND} on this machine; install it (apt-get install ffmpeg)`,
      { cause: error },
    );
  const said = stderr.toString("utf8").trim().split("\n").at(-1) || faultOf(error);
  return new AgentError(
    "data.corrupt",
    `${path}: ${COMMAND} cannot decode it (${said}); fetch the data set again, or install an ffmpeg with its codec`,
    { cause: error },
  );
}
