/** The desk over one supervisor and one body: who may command, and the smallest of the speeds that were asked for. */
import type { AgeLimits, Desk, Order, ToolLimits } from "../core/desk.ts";
import { objections } from "../core/objections.ts";
import type { RecordingState, RecordingWish } from "../core/recording.ts";
import type { Frame } from "../core/sensing.ts";
import type { OperatorCommand, SupervisorState } from "../core/supervision.ts";
import type { Supervisor } from "../supervise/supervisor-types.ts";
import { taskTreeSchema, type UrgentTask } from "../supervise/task-tree.ts";
import type { Body } from "./body.ts";

export interface DeskOptions {
  readonly supervisor: Pick<Supervisor, "command" | "assign" | "preempt" | "state">;
  readonly body: Pick<Body, "limitSpeed" | "limitTool" | "limitAges">;
  /** As the launch file says. */
  readonly ages: AgeLimits;
  /** Tasks that wait to be called, by name. */
  readonly urgent?: Readonly<Record<string, UrgentTask>>;
  readonly onGoal: (frames: readonly Frame[]) => void;
  /** Null when done, else why not. */
  readonly onRecord?: (who: string, wish: RecordingWish) => Promise<string | null>;
  readonly recording?: () => RecordingState | null;
  /** Somebody says stop, whether or not the arm is stopping already. */
  readonly onStop?: () => void;
  /** What is taken, before it is carried out; the supervisor may refuse it still. */
  readonly onOrder?: (order: Order) => void;
}

/** SAFETY: these can only bring the arm to rest, so nobody is refused. */
const FOR_EVERYBODY: ReadonlySet<OperatorCommand> = new Set(["stop", "hold"]);
/** In these states the arm is nobody's. */
const NOBODYS: ReadonlySet<SupervisorState["agent"]> = new Set(["booting", "idle", "stopped", "faulted"]);

export function createDesk({ supervisor, body, ages, urgent = {}, onGoal, onStop, onOrder, ...recorder }: DeskOptions): Desk {
  let commander: string | null = null;
  const vetoes = new Set<(command: OperatorCommand) => string | null>();
  const speeds = new Map<string, number>();
  const tools = new Map<string, Partial<ToolLimits>>();
  let stricter: AgeLimits = ages;

  const whoCommands = (): string | null => (NOBODYS.has(supervisor.state.agent) ? null : commander);
  const taken = (who: string): string | null => {
    const by = whoCommands();
    if (by === null || by === who) return null;
    return `${by} has the arm in hand; let it go on or leave there, or stop first`;
  };
  const vetoed = (command: OperatorCommand): string | null => {
    for (const refuses of vetoes) {
      const why = refuses(command);
      if (why !== null) return why;
    }
    return null;
  };
  const refusal: Desk["refusal"] = (who, command) => (FOR_EVERYBODY.has(command) ? null : (taken(who) ?? vetoed(command)));
  return {
    get whoCommands() {
      return whoCommands();
    },
    refusal,
    command(who, command) {
      const refused = refusal(who, command);
      if (refused !== null) return refused;
      if (command === "stop") onStop?.();
      onOrder?.({ kind: "commanded", who, command });
      const why = supervisor.command(command);
      if (why === null) commander = who;
      return why;
    },
    assign(who, task) {
      const refused = taken(who);
      if (refused !== null) return refused;
      const read = taskTreeSchema.safeParse(task);
      if (!read.success) return `task: ${objections(read.error)}`;
      onOrder?.({ kind: "assigned", who, task: read.data });
      return supervisor.assign(read.data);
    },
    urgent(who, name) {
      const refused = refusal(who, "start");
      if (refused !== null) return refused;
      const wanted = Object.hasOwn(urgent, name) ? urgent[name] : undefined;
      if (!wanted) return `no urgent task is called "${name}"; ${namesOf(urgent)}`;
      onOrder?.({ kind: "called", who, name });
      const why = supervisor.preempt(wanted.task, wanted.urgency);
      if (why === null) commander = who;
      return why;
    },
    giveGoal(who, frames) {
      const refused = taken(who);
      if (refused !== null) return refused;
      onOrder?.({ kind: "shown", who, frames });
      onGoal(frames);
      return null;
    },
    limitSpeed(who, share) {
      if (speeds.get(who) !== share) onOrder?.({ kind: "limited", who, limits: { speedShare: share } });
      speeds.set(who, share);
      body.limitSpeed(Math.min(1, ...speeds.values()));
    },
    limitTool(who, limits) {
      onOrder?.({ kind: "limited", who, limits });
      tools.set(who, { ...tools.get(who), ...limits });
      const all = [...tools.values()];
      body.limitTool({
        maxToolSpeedMPerS: Math.min(...all.map(({ maxToolSpeedMPerS = Number.POSITIVE_INFINITY }) => maxToolSpeedMPerS)),
        payloadKg: Math.max(...all.map(({ payloadKg = 0 }) => payloadKg)),
      });
    },
    limitAges(who, changes) {
      onOrder?.({ kind: "limited", who, limits: changes });
      stricter = { ...stricter, ...changes };
      body.limitAges(stricter);
    },
    record: async (who, wish) => (recorder.onRecord ? recorder.onRecord(who, wish) : "there is no recorder here"),
    get recording() {
      return recorder.recording?.() ?? null;
    },
    veto(refuses) {
      vetoes.add(refuses);
      return { [Symbol.dispose]: () => void vetoes.delete(refuses) };
    },
    leave(who) {
      if (commander !== who) return;
      onOrder?.({ kind: "left", who });
      commander = null;
    },
  };
}

/** Tells the desk what another one took: null when done, else why not. */
export function tellAgain(desk: Desk, order: Order): string | null {
  const { who } = order;
  switch (order.kind) {
    case "commanded":
      return desk.command(who, order.command);
    case "assigned":
      return desk.assign(who, order.task);
    case "called":
      return desk.urgent(who, order.name);
    case "shown":
      return desk.giveGoal(who, order.frames);
    case "limited": {
      const { speedShare, maxObservationAgeMs, maxPlanAgeMs, ...tool } = order.limits;
      if (speedShare !== undefined) desk.limitSpeed(who, speedShare);
      if (Object.keys(tool).length > 0) desk.limitTool(who, tool);
      if (maxObservationAgeMs !== undefined) desk.limitAges(who, { maxObservationAgeMs });
      if (maxPlanAgeMs !== undefined) desk.limitAges(who, { maxPlanAgeMs });
      return null;
    }
    case "left":
      desk.leave(who);
      return null;
  }
}

function namesOf(urgent: Readonly<Record<string, UrgentTask>>): string {
  const names = Object.keys(urgent);
  return names.length === 0 ? "name it under urgent in the launch file" : `there is ${names.join(", ")}`;
}
