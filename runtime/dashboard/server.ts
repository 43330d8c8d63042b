/** The live page's server: loopback only, everybody on this machine may look, only the bearer of the token may command. It writes no log. */
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import type { Clock } from "../core/clock.ts";
import { checkCamera } from "../core/projection.ts";
import { checkToken, newToken } from "../core/secret.ts";
import type { Frame, JointState } from "../core/sensing.ts";
import type { Fault, SupervisorState } from "../core/supervision.ts";
import type { Tick } from "../core/tick.ts";
import { createAudience } from "./audience.ts";
import { type PageLimits, type PageOrders, serveOrders } from "./commands.ts";
import type { Curves } from "./curves.ts";
import type { PageFacts } from "./facts.ts";
import { createGripWatch } from "./grip.ts";
import { faultHappening, type Happening, withHappening } from "./happenings.ts";
import { createImagination } from "./imagined.ts";
import { BODY_BYTES_MAX, limitRequests, listen, refuseStrangers, SERVER } from "./loopback.ts";
import type { GoalMessage, PlaybackMessage, RecordingsMessage } from "./messages.ts";
import { pictureMessage } from "./picture-message.ts";
import type { Seen } from "./seen.ts";
import { sentenceOf } from "./sentence.ts";
import { PAGE_SITE, serveJson, serveSite } from "./site.ts";
import { rowOf, type TickRow, tickMessage } from "./tick-message.ts";

export interface DashboardOptions {
  readonly host: "127.0.0.1" | "::1" | "localhost";
  /** 0 takes any free port. */
  readonly port: number;
  /** Needed for commands, 16 to 256 printable ASCII characters; a fresh random one when absent. */
  readonly token?: string;
  readonly facts: PageFacts;
  readonly orders: PageOrders;
  /** Bounds the rate of requests. */
  readonly clock: Clock;
  /** Pictures that stand for what is imagined, beside those that come. */
  readonly seen?: Seen;
  /** How the model was trained, where somebody knows. */
  readonly curves?: Curves | null;
}

export interface Dashboard extends AsyncDisposable {
  /** With the token in the fragment, which browsers never send. Whoever has it may command. */
  readonly url: string;
  showGoal(goal: GoalShown): void;
  showFrames(frames: readonly Frame[]): void;
  showJoints(joints: Pick<JointState, "positionRad" | "velocityRadPerS" | "gripper">): void;
  showTick(tick: Tick): void;
  /** `commander` has the arm in hand, or nobody. */
  showState(state: SupervisorState, commander: string | null): void;
  showFault(fault: Fault, atMs: number): void;
  showHappening(happening: Happening): void;
  showLimits(limits: PageLimits): void;
  showRecordings(recordings: Omit<RecordingsMessage, "type">): void;
  /** Another instant of a recording: what was decided until then, the newest HISTORY_MAX at most, and what happened, newest first. */
  showPast(rows: readonly TickRow[], happenings: readonly Happening[]): void;
  showPlayback(playback: Omit<PlaybackMessage, "type">): void;
}

export type GoalShown = { readonly kind: "image"; readonly frames: readonly Frame[] } | Exclude<GoalMessage, { kind: "image" }>;

/** Decisions that a page which opens or comes back gets to see. */
export const HISTORY_MAX = 600;

/** Throws AgentError `dashboard.port` when the port cannot be had, `launch.invalid` for a token or camera that cannot be. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { cameras, scene, ...facts } = options.facts;
  const token = checkToken("dashboard.token", options.token ?? newToken());
  cameras.forEach(checkCamera);
  const grip = createGripWatch(facts.gripper?.openingMinM ?? 0);
  const imagination = createImagination(facts.feltCount, options.seen);
  let rows: TickRow[] = [];
  let shownCount = 0;
  let happenings: readonly Happening[] = [];
  const audience = createAudience(() => ({
    ...{ type: "hello", ...facts, history: rows },
    cameras: cameras.map(({ name, widthPx, heightPx }) => ({ name, widthPx, heightPx })),
  }));
  const showHappening = (happening: Happening): void => {
    happenings = withHappening(happenings, happening);
    const now = happenings;
    audience.tell("log", () => ({ type: "log", happenings: now }));
  };
  const app = fastify(SERVER);
  await app.register(websocket, { options: { maxPayload: BODY_BYTES_MAX }, preClose: dropViewers });
  refuseStrangers(app);
  limitRequests(app, options.clock);
  serveSite(app, PAGE_SITE);
  serveJson(app, "/scene.json", scene);
  serveJson(app, "/views.json", options.curves ? ["arm", "training"] : ["arm"]);
  if (options.curves) serveJson(app, "/curves", options.curves);
  serveOrders(app, { token, ...options });
  app.get("/live", { websocket: true }, (socket) => {
    socket.on("message", () => socket.close(1008, "nothing is taken here"));
    audience.join(socket);
  });
  const port = await listen(app, options);
  return {
    url: `http://${options.host === "::1" ? "[::1]" : options.host}:${port}/#token=${encodeURIComponent(token)}`,
    showGoal: (goal) =>
      audience.tell("goal", () => {
        if (goal.kind !== "image") return { ...goal, type: "goal" };
        return { type: "goal", kind: "image", pictures: goal.frames.map((frame) => pictureMessage(frame)) };
      }),
    showFrames(frames) {
      imagination.frames(frames);
      audience.tell("frames", () => ({ type: "frames", pictures: frames.map((frame) => pictureMessage(frame)) }));
    },
    showJoints({ positionRad, velocityRadPerS, gripper }) {
      const shown = gripper ? grip.felt(gripper) : null;
      audience.tell("joints", () => ({
        ...{ type: "joints", positionRad: [...positionRad], velocityRadPerS: [...velocityRadPerS], gripper: shown },
      }));
    },
    showTick(tick) {
      const message = tickMessage(tick, cameras, shownCount++);
      if (tick.decision.segment?.gripper) grip.told(tick.decision.segment.gripper);
      rows.push(rowOf(message));
      if (rows.length > HISTORY_MAX) rows.shift();
      audience.tell("tick", () => message);
      audience.tell("imagined", imagination.tick(tick));
    },
    showState: (state, commander) => audience.tell("state", () => ({ type: "state", ...state, sentence: sentenceOf(state), commander })),
    showFault: (fault, atMs) => showHappening(faultHappening(fault, atMs)),
    showHappening,
    showLimits: (limits) => audience.tell("limits", () => ({ type: "limits", ...limits })),
    showRecordings: (recordings) => audience.tell("recordings", () => ({ type: "recordings", ...recordings })),
    showPast(past, happened) {
      rows = [...past];
      shownCount = (rows.at(-1)?.index ?? -1) + 1;
      happenings = happened;
      audience.tell("history", () => ({ type: "history", rows: past }));
      audience.tell("log", () => ({ type: "log", happenings: happened }));
    },
    showPlayback: (playback) => audience.tell("playback", () => ({ type: "playback", ...playback })),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** Does not wait for a page to say goodbye: one that hangs would hold up the end for half a minute. */
function dropViewers(this: FastifyInstance, done: () => void): void {
  for (const socket of this.websocketServer.clients as Set<WebSocket>) {
    socket.close(1001, "the agent has ended");
    socket.terminate();
  }
  this.websocketServer.close();
  done();
}
