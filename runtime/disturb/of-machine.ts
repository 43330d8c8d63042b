/** Faults of the arm, the models, the clock, the disk and the processes. */
import { NS_PER_MS, secondsToNs } from "../core/clock.ts";
import { AgentError, type ErrorCode } from "../core/errors.ts";
import type { Answer } from "./disturbance.ts";
import type { FaultKind } from "./fault.ts";

const changed = (answer: Answer, change: (value: number) => number): Answer =>
  Object.fromEntries(Object.entries(answer).map(([name, values]) => [name, Array.from(values, change)]));

const MS = (usually: number) => ({ unit: "ms", usually });

/** Every segment is answered with this. */
const refused = (about: string, code: ErrorCode, message: string): FaultKind => ({
  about,
  make: ({ isOn }) => ({
    segments(segment, atS) {
      if (isOn(atS)) throw new AgentError(code, `segment ${segment.id}: ${message}`);
      return segment;
    },
  }),
});

/** The arm tells it, once. */
const told = (about: string, code: ErrorCode, message: string): FaultKind => ({
  about,
  make: ({ fromS }) => ({ strikes: [{ atS: fromS, happen: ({ report }) => report(new AgentError(code, message)) }] }),
});

export const FAULTS_OF_ARM = {
  "arm-busy": refused("The arm's controller takes no motion", "robot.rejected", "the controller is busy with a motion of its own; wait"),
  "arm-inactive": refused("The arm's controller is not active", "robot.rejected", "the controller is inactive; activate it"),
  "arm-gone": refused("The arm does not answer any more", "robot.lost", "the bus is silent; look at cable and power"),
  "arm-collided": told(
    "The arm ended its motion: it felt a collision",
    "robot.aborted",
    "arm: collision reflex; look at it, then reset and start",
  ),
  "arm-taken": told(
    "Somebody moves the arm from its pendant",
    "robot.aborted",
    "arm: in teach mode, someone else moves it; give it back, then reset and start",
  ),
  "arm-emergency-stop": told(
    "The arm's emergency stop was pressed",
    "robot.aborted",
    "arm: emergency stop; release it, look at the arm, then reset and start",
  ),
  "arm-overheated": told(
    "A drive is too hot and lets go",
    "robot.aborted",
    'arm: drive "joint2" at 92 degrees C, at most 80; let it cool, then reset and start',
  ),
  "arm-late": told(
    "The command stream was held up",
    "robot.stalled",
    "command stream: 60 ms late, at most 40 ms; the arm brakes from the command last sent; give the process more of the machine",
  ),
  "arm-refuses-limits": refused(
    "The arm refuses a motion beyond its limits",
    "robot.rejected",
    "beyond the limits that the vendor set; lower guards.velocityScale",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;

export const FAULTS_OF_MODELS = {
  "model-nan": {
    about: "A model answers with what is no number",
    make: ({ isOn }) => ({
      sessions: async (ask, atS) => (isOn(atS) ? changed(await ask(), () => Number.NaN) : ask()),
    }),
  },
  "model-constant": {
    about: "A model answers the same whatever it is asked",
    make: ({ isOn }) => ({
      sessions: async (ask, atS) => (isOn(atS) ? changed(await ask(), () => 0) : ask()),
    }),
  },
  "model-saturated": {
    about: "A model's answers are far beyond what it learned",
    by: { unit: "times", usually: 1000 },
    make: ({ isOn, by }) => ({
      sessions: async (ask, atS) => (isOn(atS) ? changed(await ask(), (value) => (value + 1) * by) : ask()),
    }),
  },
  "model-fails": {
    about: "A model cannot be run any more",
    make: ({ isOn }) => ({
      async sessions(ask, atS) {
        if (isOn(atS)) throw new AgentError("session.failed", "the session worker crashed: out of memory; open a new one");
        return ask();
      },
    }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export const FAULTS_OF_CLOCK = {
  "clock-forward": {
    about: "The agent's clock jumps forward",
    by: MS(2000),
    make: ({ isOn, by }) => ({ clock: (nowNs, atS) => (isOn(atS) ? nowNs + BigInt(Math.round(by)) * NS_PER_MS : nowNs) }),
  },
  "clock-back": {
    about: "The agent's clock jumps back",
    by: MS(2000),
    make: ({ isOn, by }) => ({ clock: (nowNs, atS) => (isOn(atS) ? nowNs - BigInt(Math.round(by)) * NS_PER_MS : nowNs) }),
  },
  "clock-drifts": {
    about: "The agent's clock runs fast",
    by: { unit: "ms a second", usually: 200 },
    make: ({ isOn, fromS, by }) => ({ clock: (nowNs, atS) => (isOn(atS) ? nowNs + secondsToNs(((atS - fromS) * by) / 1000) : nowNs) }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export const FAULTS_OF_PROCESSES = {
  "disk-full": {
    about: "The place in the task cannot be kept: no space left",
    make: ({ isOn }) => ({
      disk(atS) {
        if (isOn(atS))
          throw new AgentError("state.unwritable", "state: ENOSPC: no space left on device; make room there or choose another file");
      },
    }),
  },
  "agent-stalls": {
    about: "The agent's thread does nothing for a while",
    by: MS(1000),
    make: ({ fromS, by }) => ({ strikes: [{ atS: fromS, happen: ({ stall }) => stall(by) }] }),
  },
  "agent-killed": {
    about: "The agent's process is killed (SIGKILL)",
    make: ({ fromS }) => ({ strikes: [{ atS: fromS, happen: ({ agent }) => agent("SIGKILL") }] }),
  },
  "agent-ended": {
    about: "The agent's process is told to end (SIGTERM)",
    make: ({ fromS }) => ({ strikes: [{ atS: fromS, happen: ({ agent }) => agent("SIGTERM") }] }),
  },
  "keeper-killed": {
    about: "The keeper's process is killed (SIGKILL)",
    make: ({ fromS }) => ({ strikes: [{ atS: fromS, happen: ({ keeper }) => keeper("SIGKILL") }] }),
  },
  "keeper-ended": {
    about: "The keeper's process is told to end (SIGTERM)",
    make: ({ fromS }) => ({ strikes: [{ atS: fromS, happen: ({ keeper }) => keeper("SIGTERM") }] }),
  },
  "keeper-frozen": {
    about: "The keeper's process stands still (SIGSTOP), until it goes on (SIGCONT)",
    make: ({ fromS, toS }) => ({
      strikes: [
        { atS: fromS, happen: ({ keeper }) => keeper("SIGSTOP") },
        ...(Number.isFinite(toS) ? [{ atS: toS, happen: ({ keeper }: { keeper(signal: "SIGCONT"): void }) => keeper("SIGCONT") }] : []),
      ],
    }),
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
