/** What the agent tells by itself: its state on change and every 30 s, its factsheet, and telemetry. */
import { type Clock, nsToMs, utcText, type WallClock } from "../../core/clock.ts";
import { AgentError } from "../../core/errors.ts";
import type { JointState } from "../../core/sensing.ts";
import type { SupervisorState } from "../../core/supervision.ts";
import type { Tap } from "../../core/tap.ts";
import type { Tick } from "../../core/tick.ts";
import { BYTES_MAX, CLOCK_SKEW_MS_MAX, LIFETIME_MS_MAX } from "./commands.ts";
import { cut } from "./fields.ts";
import type { MessageBody } from "./messages.ts";
import type { Post } from "./post.ts";
import { telemetryBody } from "./telemetry.ts";

/** What the factsheet says of the robot itself. */
export type RobotFacts = Omit<MessageBody<"factsheet">, "limits" | "linkLoss">;
export type CommandCounts = Omit<MessageBody<"telemetry">["counts"], "decisions" | "telemetryDropped">;

export interface ReporterOptions {
  readonly post: Post;
  readonly facts: RobotFacts;
  readonly linkLoss: "finish" | "hold";
  readonly telemetryMs: number;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly whoCommands: () => string | null;
  /** The file of a recording that goes on. */
  readonly recording: () => string | null;
  readonly order: () => MessageBody<"state">["order"];
  readonly counts: () => CommandCounts;
}

export interface Reporter extends Required<Pick<Tap, "state" | "fault" | "tick" | "sample">>, Disposable {
  tellState(): void;
  tellFactsheet(): void;
}

/** The state is said again after this time, as VDA 5050 wants it, milliseconds. */
const STATE_MS_MAX = 30_000;
/** Changes within this time are said together. */
const STATE_MS_MIN = 50;
/** Faults kept, newest first. */
const FAULTS_MAX = 8;
/** Old telemetry is worth nothing to anybody. */
const TELEMETRY_EXPIRY_S = 5;

export function createReporter(options: ReporterOptions): Reporter {
  const { post, clock, wallClock } = options;
  let newest: SupervisorState = { agent: "booting", task: "none", skills: [], reason: "The agent is starting.", mayAct: false };
  const faults: MessageBody<"state">["faults"] = [];
  let joints: JointState | null = null;
  let lastTick: Tick | null = null;
  let decisions = 0;
  let telemetryDropped = 0;
  let told = { text: "", atNs: clock.nowNs() };

  const stateBody = (): MessageBody<"state"> => {
    const { agent, task, skills, reason, mayAct } = newest;
    const shown = skills.map(({ path, name, state, retries }) => ({ path, name, state, retries }));
    return {
      agent,
      task,
      skills: shown,
      reason: cut(reason),
      mayAct,
      commands: options.whoCommands(),
      recording: options.recording(),
      order: options.order(),
      faults,
    };
  };
  const tellState = (): void => {
    const body = stateBody();
    if (post.send("state", body)) told = { text: JSON.stringify(body), atNs: clock.nowNs() };
  };
  const tellStateIfNew = (): void => {
    const ageMs = nsToMs(clock.nowNs() - told.atNs);
    if (ageMs >= STATE_MS_MAX || (ageMs >= STATE_MS_MIN && JSON.stringify(stateBody()) !== told.text)) tellState();
  };
  const tellTelemetry = (): void => {
    if (!joints) return;
    const body = telemetryBody(joints, lastTick, { decisions, telemetryDropped, ...options.counts() });
    if (!post.send("telemetry", body, { properties: { expiryS: TELEMETRY_EXPIRY_S } })) telemetryDropped++;
    joints = null;
  };
  const stop = clock.every(options.telemetryMs, () => {
    tellStateIfNew(); // Who commands changes without a word, and a change that came too soon waits for this.
    tellTelemetry();
  });
  return {
    tellState,
    tellFactsheet: () =>
      void post.send("factsheet", {
        ...options.facts,
        linkLoss: options.linkLoss,
        limits: {
          orderBytesMax: BYTES_MAX.order,
          instantActionsBytesMax: BYTES_MAX.instantActions,
          lifetimeMsMax: LIFETIME_MS_MAX,
          clockSkewMsMax: CLOCK_SKEW_MS_MAX,
        },
      }),
    state(state) {
      newest = state;
      tellStateIfNew();
    },
    fault({ error, decision: { reaction } }) {
      if (reaction === "ignore") return; // Everyday life: one decision was skipped.
      const code = error instanceof AgentError ? error.code : "bug";
      const message = cut(error instanceof Error ? error.message : String(error));
      faults.unshift({ timestamp: utcText(wallClock.nowUtcMs()), code, message, reaction });
      faults.splice(FAULTS_MAX);
      tellStateIfNew();
    },
    tick(tick) {
      lastTick = tick;
      decisions++;
    },
    sample(sample) {
      if (sample.kind === "joints") joints = sample.joints;
    },
    [Symbol.dispose]: stop,
  };
}
