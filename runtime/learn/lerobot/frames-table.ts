/** The table of frames of some episodes, pictures inside as PNG; what is written is counted into the statistics. */
import sharp from "sharp";
import type { Dataset } from "../dataset-reader.ts";
import { type Cut, cameraFeature } from "./cuts.ts";
import type { Episode } from "./episodes.ts";
import { COUNTERS } from "./info.ts";
import type { Column, Picture } from "./parquet.ts";
import { type FeatureStatistics, RunningStatistics } from "./statistics.ts";

type Counts = Record<keyof typeof COUNTERS, number>;

export class FramesTable {
  readonly #dataset: Dataset;
  readonly #cameras: readonly string[];
  readonly #numbers: readonly { readonly feature: string; readonly size: number; readonly all: Float32Array }[];
  readonly #statistics: ReadonlyMap<string, RunningStatistics>;
  /** Frames so far. */
  #index = 0;

  constructor(dataset: Dataset, cuts: readonly Cut[]) {
    this.#dataset = dataset;
    this.#cameras = dataset.meta.cameras.map(({ name }) => cameraFeature(name));
    this.#numbers = cuts.map(({ feature, columns }) => ({ feature, size: columns.length, all: dataset.columns(columns) }));
    this.#statistics = new Map([
      ...cuts.map(({ feature, columns }) => [feature, new RunningStatistics(columns.length)] as const),
      ...this.#cameras.map((camera) => [camera, new RunningStatistics(3)] as const),
      ...Object.keys(COUNTERS).map((name) => [name, new RunningStatistics(1)] as const),
    ]);
  }

  get frames(): number {
    return this.#index;
  }

  /** Columns of the next episodes. */
  async next(episodes: readonly Episode[]): Promise<Readonly<Record<string, Column>>> {
    const counts = episodes.flatMap((episode) => episode.rows.map((_, frame) => this.#count(episode, frame)));
    const rows = episodes.flatMap((episode) => episode.rows);
    const pictures: Picture[][] = [];
    for (const episode of episodes) pictures.push(...(await this.#pictures(episode))); // One episode's pixels in memory at a time.
    return {
      ...Object.fromEntries(
        this.#numbers.map(({ feature, size, all }) => [
          feature,
          this.#values(
            feature,
            rows.map((row) => all.subarray(row * size, (row + 1) * size)),
          ),
        ]),
      ),
      ...Object.fromEntries(
        this.#cameras.map((camera, c) => [camera, { kind: "pictures", values: pictures.map((each) => each[c]!) } as const]),
      ),
      ...Object.fromEntries(
        Object.keys(COUNTERS).map((name) => [
          name,
          { kind: name === "timestamp" ? "float32" : "int64", values: counts.map((each) => each[name]!) } as const,
        ]),
      ),
    };
  }

  statistics(): Readonly<Record<string, FeatureStatistics>> {
    return Object.fromEntries([...this.#statistics].map(([name, each]) => [name, each.told(this.#cameras.includes(name))]));
  }

  #count({ index }: Episode, frame: number): Counts {
    const timestamp = frame * this.#dataset.meta.controlPeriodS;
    const counts: Counts = { timestamp, frame_index: frame, episode_index: index, index: this.#index++, task_index: 0 };
    for (const [name, value] of Object.entries(counts)) this.#statistics.get(name)!.add([value]);
    return counts;
  }

  #values(feature: string, values: readonly Float32Array[]): Column {
    for (const each of values) this.#statistics.get(feature)!.add(each);
    return { kind: "float32s", values };
  }

  /** Of each frame one per camera. */
  async #pictures({ index, rows }: Episode): Promise<Picture[][]> {
    const { widthPx: width, heightPx: height } = this.#dataset.meta;
    const size = width * height * 3;
    const pixels = new Uint8Array(rows.length * this.#cameras.length * size);
    this.#dataset.framesInto(rows, pixels);
    const encode = async (camera: string, at: number, frame: number): Promise<Picture> => {
      const rgb = pixels.subarray(at * size, (at + 1) * size);
      this.#statistics.get(camera)!.addPicture(rgb);
      const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      return { bytes, path: `${camera}-${index}-${frame}.png` };
    };
    const count = this.#cameras.length;
    return Promise.all(rows.map((_, frame) => Promise.all(this.#cameras.map((camera, c) => encode(camera, frame * count + c, frame)))));
  }
}
