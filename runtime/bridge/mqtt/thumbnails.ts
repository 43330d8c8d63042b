/** What the first camera sees, small, now and then: for a page that lists many arms. */
import sharp from "sharp";
import type { Clock } from "../../core/clock.ts";
import type { Frame, Sample } from "../../core/sensing.ts";
import type { Post } from "./post.ts";

export interface ThumbnailOptions {
  readonly post: Post;
  readonly clock: Clock;
  /** Null for none. */
  readonly thumbnailMs: number | null;
}

const WIDTH_PX_MAX = 160;
const QUALITY = 70;
/** In base64; such a picture of 160 x 160 pixels does not reach it. */
const TEXT_MAX = 65_536;

export function createThumbnails({ post, clock, thumbnailMs }: ThumbnailOptions): { sample(sample: Sample): void } & Disposable {
  let camera: string | null = null;
  let newest: Frame | null = null;
  let isBusy = false;
  const tell = async (frame: Frame): Promise<void> => {
    isBusy = true;
    const small = await shrink(frame).catch(() => null); // No picture of the size it says: the senses tell of it, and nothing is shown here.
    isBusy = false;
    if (!small) return;
    const { data, widthPx, heightPx } = small;
    const jpegBase64 = data.toString("base64");
    if (jpegBase64.length <= TEXT_MAX)
      post.send("thumbnail", { camera: frame.camera, widthPx, heightPx, stampNs: `${frame.stampNs}`, jpegBase64 });
  };
  const stop =
    thumbnailMs === null
      ? () => {}
      : clock.every(thumbnailMs, () => {
          if (newest && !isBusy) void tell(newest);
          newest = null;
        });
  return {
    sample(sample) {
      if (thumbnailMs === null || sample.kind !== "frame") return;
      camera ??= sample.frame.camera;
      if (sample.frame.camera === camera) newest = sample.frame;
    },
    [Symbol.dispose]: stop,
  };
}

async function shrink({ rgb, widthPx, heightPx }: Frame) {
  const picture = sharp(rgb, { raw: { width: widthPx, height: heightPx, channels: 3 } });
  const { data, info } = await picture
    .resize({ width: WIDTH_PX_MAX, height: WIDTH_PX_MAX, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  return { data, widthPx: info.width, heightPx: info.height };
}
