/** The cameras of this computer as samples: one opened after the other, each mended by itself. */
import { catchError, concat, defer, ignoreElements, map, merge, NEVER, type Observable, Subject, timer } from "rxjs";
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
  /** Never ends and never fails: a camera that cannot be mended is a fault, and the arm is held all the same. */
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
    samples: merge(...pictures),
    faults,
    felt(nowRad) {
      standsRad = nowRad;
    },
  };
}
