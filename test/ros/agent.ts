/** `foresight run` over ROS 2 as a process of its own, seen from outside by rclpy: its state, its diagnostics, its services. */
import { readFileSync } from "node:fs";
import { type RunningCli, startCli } from "../helpers/cli.ts";
import { type Stand, toAndFro } from "../helpers/killed-and-back.ts";
import { clock, domainId, type Peer, startPython, type Told, until } from "./peer.ts";

export interface AgentSeen extends AsyncDisposable {
  readonly running: RunningCli;
  readonly partner: Peer;
  /** booting, idle, running, holding, stopping, stopped or faulted, as last published. */
  state(): string;
  /** All of it; null before anything was published. */
  stand(): Stand | null;
  /** How many decisions the diagnostics have told of, and the share of its speed that it goes at. */
  decisions(): { readonly count: number; readonly speedShare: number };
  /** How many faults the diagnostics have told of. */
  faultCount(): number;
  /** Code and words of the last of them. */
  lastFault(): { readonly code: string; readonly says: string };
  /** start, stop, hold, resume, restart_skill, abort, reset, urgent/NAME. */
  command(name: string): Promise<{ readonly success: boolean; readonly message: string }>;
}

/** With `evaluation`: the arm is a simulated one, and needs no bring-up. */
const LAUNCH = "launch/panda-ros2.launch.yaml";

/** Resolves when the node says that it is idle, or what is waited for instead; the arm does not move before `start`. */
export async function startAgent(overrides: readonly string[] = [], stands = "idle"): Promise<AgentSeen> {
  const partner = await startPython("partner.py", []);
  await partner.order({ listen: { type: "foresight_msgs/msg/AgentState", topic: "/foresight/state", qos: "latched" } });
  await partner.order({ listen: { type: "diagnostic_msgs/msg/DiagnosticArray", topic: "/diagnostics", qos: "reliable" } });
  const changes = ["dashboard.enabled:=false", "backend.evaluation:={}", "backend.lifecycle:=ready", `task:=${toAndFro}`, ...overrides];
  const running = startCli(["run", LAUNCH, ...changes], { ROS_DOMAIN_ID: String(domainId) });
  const ended = running.result.then(({ code, out, err }) => {
    throw new Error(`foresight ended with ${code}: ${out}\n${err}`);
  });
  ended.catch(() => {}); // Looked at while it starts.
  const heard = (topic: string): Told | undefined => partner.told.findLast((told) => told.what === "heard" && told["topic"] === topic);
  const told = () => heard("/foresight/state")?.["message"] as { agent: string; reason: string; may_act: boolean } | undefined;
  const state = (): string => told()?.agent ?? "unheard";
  const status = (part: "agent" | "decisions"): Readonly<Record<string, string>> => {
    const message = heard("/diagnostics")?.["message"] as
      | { status: { name: string; values: { key: string; value: string }[] }[] }
      | undefined;
    const values = message?.status.find(({ name }) => name.endsWith(`: ${part}`))?.values ?? [];
    return Object.fromEntries(values.map(({ key, value }) => [key, value]));
  };
  try {
    await Promise.race([until(() => state() === stands, `foresight saying that it is ${stands}`, 90_000), ended]);
  } catch (error) {
    running.child.kill("SIGKILL"); // Else the test would wait for both for ever.
    await partner[Symbol.asyncDispose]();
    throw error;
  }
  return {
    running,
    partner,
    state,
    stand() {
      const now = told();
      return now ? { agent: now.agent, reason: now.reason, mayAct: now.may_act } : null;
    },
    decisions: () => ({ count: Number(status("decisions")["count"] ?? 0), speedShare: Number(status("decisions")["speed share"] ?? 1) }),
    faultCount: () => Number(status("agent")["faults"] ?? 0),
    lastFault: () => ({ code: status("agent")["last fault"] ?? "", says: status("agent")["last fault says"] ?? "" }),
    async command(name) {
      const answered = partner.next("answered");
      await partner.order({ call: { type: "std_srvs/srv/Trigger", name: `/foresight/${name}`, request: {} } });
      return (await answered)["response"] as { success: boolean; message: string };
    },
    async [Symbol.asyncDispose]() {
      running.child.kill("SIGINT");
      await Promise.race([running.result, clock.sleep(10_000).then(() => running.child.kill("SIGKILL"))]);
      await partner[Symbol.asyncDispose]();
    },
  };
}

/** Process ids of the keepers that are children of this process, whose own child they need not stay. */
export function keepersOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.trim().split(" ").filter(Boolean).map(Number);
}

const MOVING_RAD_PER_S = 0.05;

/** Starts the task, or starts it again, until the peer sees the arm move. */
export async function untilMoving(agent: AgentSeen, peer: Peer): Promise<void> {
  for (let look = 0; look < 600; look++) {
    if (agent.state() === "idle") await agent.command("start");
    if (agent.state() === "holding") await agent.command("resume");
    if (agent.state() === "stopped" || agent.state() === "faulted") await agent.command("reset");
    const velocity = (await peer.ask("state"))["velocity"] as readonly number[];
    if (agent.state() === "running" && Math.max(...velocity.map(Math.abs)) > MOVING_RAD_PER_S) return;
    await clock.sleep(50);
  }
  const { code, says } = agent.lastFault();
  throw new Error(`the arm does not move; the agent is ${agent.state()}, its last fault ${code}: ${says}`);
}

export interface Rest {
  /** Rad/s, as the others; null while the simulated world stands still. */
  readonly speedAtLoss: number | null;
  readonly speedMax: number | null;
  readonly speedNow: number | null;
  /** Null while it moves. */
  readonly restAfterMs: number | null;
}

/** At rest for so long it neither turns round nor still hears of a goal that is answered late. */
const RESTED_MS = 1500;

/** Waits until the arm has come to rest after an instant, by the peer's measure. */
export async function untilRest(peer: Peer, sinceNs: bigint): Promise<Rest & { readonly restAfterMs: number }> {
  let rest: Rest | null = null;
  const isAtRest = async (): Promise<boolean> => {
    const told = await peer.ask("rest", String(sinceNs));
    rest = told as unknown as Rest;
    const askedAfterMs = Number(BigInt(told.atNs) - sinceNs) / 1e6;
    return rest.restAfterMs !== null && askedAfterMs - rest.restAfterMs >= RESTED_MS;
  };
  await until(isAtRest, () => `the arm at rest; it goes at ${rest?.speedNow} rad/s`);
  return rest! as Rest & { readonly restAfterMs: number };
}

/** How the arm came to rest after an instant, measured by the peer. */
export const restSince = async (peer: Peer, sinceNs: bigint): Promise<Rest> => (await peer.ask("rest", String(sinceNs))) as unknown as Rest;
