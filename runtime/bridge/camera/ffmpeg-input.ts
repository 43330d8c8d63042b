/** How ffmpeg is told to open a camera: each system's own way, or anything that ffmpeg can read. */

export interface CameraSource {
  /** A camera as the system calls it (/dev/v4l/by-id/..., a number, a name), or what ffmpeg opens: a file, a pipe, tcp://..., a lavfi graph. */
  readonly device: string;
  /** camera: by this system's own capture; stream: motion JPEG from a socket or pipe; lavfi: a picture that ffmpeg makes itself. */
  readonly kind: "camera" | "stream" | "lavfi";
  /** Of the camera; the model's size is cut and scaled from it. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rateHz: number;
}

/** Everything before the filter. MJPEG leaves room on USB for a second camera. */
export function inputArguments({ device, kind, widthPx, heightPx, rateHz }: CameraSource, platform: NodeJS.Platform): readonly string[] {
  const early = [
    "-hide_banner",
    "-loglevel",
    "error",
    "-nostdin",
    "-fflags",
    "nobuffer",
    "-flags",
    "low_delay",
    "-probesize",
    "32",
    "-analyzeduration",
    "0",
  ];
  if (kind === "lavfi") return [...early, "-re", "-f", "lavfi", "-i", device];
  if (kind === "stream") return [...early, "-f", "mjpeg", "-i", device];
  const size = ["-framerate", `${rateHz}`, "-video_size", `${widthPx}x${heightPx}`];
  if (platform === "darwin") return [...early, "-f", "avfoundation", ...size, "-i", device];
  if (platform === "win32") return [...early, "-f", "dshow", "-vcodec", "mjpeg", ...size, "-i", `video=${device}`];
  return [...early, "-f", "v4l2", "-input_format", "mjpeg", ...size, "-i", device];
}

/** The middle of the picture, as high as it is and as wide as the model's shape asks, averaged down to the model's size: JavaScript never touches a big picture. */
export const outputArguments = (widthPx: number, heightPx: number): readonly string[] => [
  "-an",
  "-vf",
  `crop='min(iw,ih*${widthPx}/${heightPx})':'min(ih,iw*${heightPx}/${widthPx})',scale=${widthPx}:${heightPx}:flags=area`,
  "-f",
  "rawvideo",
  "-pix_fmt",
  "rgb24",
  "pipe:1",
];
