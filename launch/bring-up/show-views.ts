/** `foresight check --live --page`: what the model expects, laid over what each camera sees now, on a page, for whoever turns a camera until they fit. */
import { type Clock, nsToMs } from "../../runtime/core/clock.ts";
import type { Robot } from "../../runtime/core/robot.ts";
import type { CameraSpec, Frame, Sample } from "../../runtime/core/sensing.ts";
import { lookedAt } from "../backends/registry.ts";
import type { Blueprint } from "../blueprint.ts";
import { openRobot } from "../compose.ts";
import { type DeskPage, onDeskPage } from "../desk/page/page.ts";
import { type ExpectedViews, expectedViews } from "./expected-view.ts";
import { fitView, judgeFit, laidOver } from "./view-check.ts";

export interface ShowViewsOptions {
  readonly blueprint: Blueprint;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Of each camera: who turns it sees what comes of it. */
const SHOW_EVERY_MS = 250;
const TASK = "Red edges are what the model expects of the arm as it stands. Move each camera until its picture fits them.";

/** Until the signal aborts; nothing moves. Throws what opening the arm throws. */
export async function showViews({ blueprint: { config, spec, model }, clock, say, signal }: ShowViewsOptions): Promise<void> {
  using views = await expectedViews(spec); // Before the robot: it keeps this process busy, and the keeper would take it for lost.
  const opened = await openRobot(lookedAt(config, "check --live"), spec, { periodS: model.spec.controlPeriodS });
  await using robot = opened.robot;
  await onDeskPage({ section: config.dashboard, title: "Foresight: what the cameras see", clock, say }, async (page) => {
    await lookUntil(robot, createOverlays(config.cameras, views, page, clock), signal);
    return "Looking has ended.";
  });
}

/** Takes samples as they come, and shows of each camera's what its time has come for. */
function createOverlays(cameras: readonly CameraSpec[], views: ExpectedViews, page: DeskPage, clock: Clock): (sample: Sample) => void {
  const shownNs = new Map<string, bigint>();
  const fits = new Map<string, string>();
  let armRad: Float64Array | null = null;
  const show = (camera: CameraSpec, frame: Frame, standsRad: Float64Array): void => {
    const expected = views.of(camera, standsRad);
    page.picture(camera.name, { ...frame, ...laidOver(expected, frame) });
    fits.set(camera.name, `${camera.name}: ${judgeFit(fitView(expected, frame)).text}`);
    page.show({ step: [TASK, ...fits.values()].join("\n") });
  };
  return (sample) => {
    if (sample.kind === "joints") {
      armRad = sample.joints.positionRad;
      return;
    }
    const camera = cameras.find(({ name }) => name === sample.frame.camera);
    if (!camera || !armRad || nsToMs(clock.nowNs() - (shownNs.get(camera.name) ?? 0n)) < SHOW_EVERY_MS) return;
    shownNs.set(camera.name, clock.nowNs());
    show(camera, sample.frame, armRad);
  };
}

/** Rejects with what the arm's samples end with. */
function lookUntil(robot: Robot, see: (sample: Sample) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    robot.observe(signal).subscribe({ next: see, error: reject, complete: resolve });
  });
}
