/** The cameras of this computer as samples: one opened after the other, each mended by itself. */
import {
  catchError,
  concat,
  defer,
  filter,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  NEVER,
  type Observable,
  Subject,
  scan,
  share,
  takeUntil,
  timer,
} from "rxjs";
import type { Clock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { CameraSpec, Sample } from "../../core/sensing.ts";
import { ffmpegCamera } from "./ffmpeg-camera.ts";
import type { CameraSource } from "./ffmpeg-input.ts";

export interface CameraSetup {
  readonly camera: Pick<CameraSpec, "name" | "widthPx" | "heightPx">;
  readonly source: CameraSource;
  readonly latencyMs: number;
}

export interface Cameras {
  /** Never ends and never fails: a camera that cannot be mended is a fault, and the arm is held all the same. Open while somebody looks. */
  readonly samples: Observable<Sample>;
  readonly faults: Observable<AgentError>;
  /** Tell it where the joints stand, shape (jointCount): a camera that sees nothing of their motion is started again. */
  felt(positionRad: Float64Array): void;
}

/** Two cameras opened at once on one USB bus: the second gives nothing. */
const PAUSE_MS = 1500;

export function openCameras(setups: readonly CameraSetup[], clock: Clock): Cameras {
  const faults = new Subject<AgentError>();
  let standsRad: Float64Array | null = null;
  const positionRad = (): Float64Array | null => standsRad;
  const onFault = (error: AgentError): void => faults.next(error);
  const lost = (error: unknown): Observable<never> => {
    if (!(error instanceof AgentError)) throw error;
    onFault(error);
    return NEVER;
  };
  const pictures = setups.map((setup, index): Observable<Sample> => {
    const frames = defer(() => ffmpegCamera({ ...setup, clock, positionRad, onFault }));
    const later = index === 0 ? frames : concat(timer(index * PAUSE_MS).pipe(ignoreElements()), frames);
    return later.pipe(
      map((frame): Sample => ({ kind: "frame", frame })),
      catchError(lost),
    );
  });
  return {
    samples: merge(...pictures).pipe(share()),
    faults,
    felt(nowRad) {
      standsRad = nowRad;
    },
  };
}

/** A camera that has not begun by then does not hold up the others: whoever looks is told what it lacks. */
const FIRST_MS_MAX = 8000;

/** Resolves when each of them has given a picture, has had its time, or one says what ails it. */
export async function untilSeen({ samples, faults }: Cameras, count: number, clock: Clock): Promise<void> {
  if (count === 0) return;
  const seen = samples.pipe(
    scan((names, sample) => (sample.kind === "frame" ? names.add(sample.frame.camera) : names), new Set<string>()),
    filter(({ size }) => size === count),
    takeUntil(merge(faults, clock.sleep(FIRST_MS_MAX + count * PAUSE_MS))),
  );
  await firstValueFrom(seen, { defaultValue: null });
}
