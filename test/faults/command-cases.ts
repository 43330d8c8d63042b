/** H: commands that are late, doubled, forged, malformed, or from somebody who may not command now. */
import assert from "node:assert/strict";
import { createDesk } from "../../runtime/assemble/desk.ts";
import { createGate, type Incoming } from "../../runtime/bridge/mqtt/gate.ts";
import type { CommandTopic } from "../../runtime/bridge/mqtt/topics.ts";
import { ManualClock, ManualWallClock, utcText } from "../../runtime/core/clock.ts";
import type { AgeLimits } from "../../runtime/core/desk.ts";
import { AgentError } from "../../runtime/core/errors.ts";
import { openDashboard } from "../../runtime/dashboard/server.ts";
import { bytesOf, createCommander, PLACE, START_MS, TOKEN } from "../helpers/mqtt-fakes.ts";
import { pageFacts } from "../helpers/page-facts.ts";
import { begin } from "../helpers/supervised.ts";
import { type FaultCase, refused } from "./case.ts";

function openGate() {
  const clock = new ManualClock();
  const wallClock = new ManualWallClock(clock, START_MS);
  const gate = createGate({ place: PLACE, commanders: { fleet: { token: TOKEN } }, clock, wallClock });
  const commander = createCommander(() => wallClock.nowUtcMs());
  const reason = (topic: CommandTopic, message: unknown, how: Partial<Incoming> = {}): string => {
    const judgement = gate.judge({ topic, payload: bytesOf(message), retained: false, ...how });
    return judgement.kind === "passed" ? "passed" : judgement.reason;
  };
  return { clock, commander, reason };
}

/** A command over the fleet's broker that is refused by name. */
const fleet = (id: string, fault: string, name: string, send: (gate: ReturnType<typeof openGate>) => string): FaultCase =>
  refused(
    {
      id,
      fault,
      detectedBy: `gate of the fleet, "${name}"`,
      safeState: "the command is not done",
      recovered: "it is answered with the reason",
      deadline: "at once",
    },
    () => {
      const gate = openGate();
      assert.equal(gate.reason("instantActions", gate.commander.action("hold")), "passed");
      assert.equal(send(gate), name);
    },
  );

/** A desk over a real supervisor that runs. */
function runningDesk() {
  const speeds: number[] = [];
  const ages: AgeLimits[] = [];
  const { supervisor, act } = begin();
  const desk = createDesk({
    supervisor,
    body: { limitSpeed: (share) => void speeds.push(share), limitTool: () => {}, limitAges: (limits) => void ages.push(limits) },
    ages: { maxObservationAgeMs: 400, maxPlanAgeMs: 400 },
    onGoal: () => {},
  });
  return { supervisor, act, desk, speeds };
}

const desk = (id: string, fault: string, safeState: string, check: () => void): FaultCase =>
  refused({ id, fault, detectedBy: "desk", safeState, recovered: "it is answered with the reason", deadline: "at once" }, check);

/** A request to the page. */
async function ask(headers: Record<string, string>, body: string): Promise<number> {
  await using page = await openDashboard({
    host: "127.0.0.1",
    port: 0,
    token: "a-token-for-tests",
    facts: { ...pageFacts, cameras: [] },
    orders: { command: () => assert.fail("it must not come through") },
    clock: new ManualClock(),
  });
  const response = await fetch(new URL("command", page.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return response.status;
}
const page = (id: string, fault: string, headers: Record<string, string>, body: string): FaultCase =>
  refused(
    {
      id,
      fault,
      detectedBy: "page",
      safeState: "the command is not done",
      recovered: "it is answered with the reason",
      deadline: "at once",
    },
    async () => {
      const status = await ask(headers, body);
      assert.ok(status >= 400 && status < 500, `${status}`);
    },
  );
const bearer = { authorization: "Bearer a-token-for-tests" };

export const COMMAND_CASES: readonly FaultCase[] = [
  fleet("H1", "a command that has expired", "expired", ({ clock, commander, reason }) => {
    const old = commander.action("resume");
    clock.advance(60_000);
    return reason("instantActions", old);
  }),
  fleet("H2", "a command twice", "duplicated", ({ commander, reason }) => {
    const once = commander.action("start");
    reason("instantActions", once);
    return reason("instantActions", once);
  }),
  fleet("H3", "commands out of order", "out-of-order", ({ commander, reason }) => {
    const first = commander.action("start");
    reason("instantActions", commander.action("hold"));
    return reason("instantActions", first);
  }),
  fleet("H4", "a command that the broker kept, at a reconnect", "retained", ({ commander, reason }) =>
    reason("instantActions", commander.action("start"), { retained: true }),
  ),
  fleet("H8a", "no JSON", "malformed", ({ reason }) => reason("order", "garbage")),
  fleet("H8b", "64 KiB too much", "too-big", ({ commander, reason }) =>
    reason("order", { ...commander.order(), padding: "x".repeat(64 * 1024) }),
  ),
  fleet("H8c", "a goal that is not finite", "malformed", ({ commander, reason }) =>
    reason("order", commander.order({ task: { skill: "reach", goal: { kind: "tool", positionM: [0, 0, null] } } })),
  ),
  fleet("H8d", "a goal that reads the robot's own disk", "malformed", ({ commander, reason }) =>
    reason("order", commander.order({ task: { skill: "push", goal: { kind: "image", source: "files", files: { top: "/etc/passwd" } } } })),
  ),
  fleet("H8e", "a wrong token", "not-authorised", ({ commander, reason }) => reason("order", commander.order({ token: "another-token" }))),
  fleet("H8f", "a command from the future", "not-yet-valid", ({ commander, reason }) =>
    reason(
      "instantActions",
      commander.action("start", { issuedAt: utcText(START_MS + 3_600_000), expiresAt: utcText(START_MS + 3_601_000) }),
    ),
  ),
  page("H8g", "a command to the page without its token", {}, JSON.stringify({ command: "start" })),
  page("H8h", "a command that the page does not know", bearer, JSON.stringify({ command: "dance" })),
  page("H8i", "a megabyte to the page", bearer, JSON.stringify({ command: "start", padding: "x".repeat(1024 * 1024) })),
  page("H8j", "a command from another site's page", { ...bearer, origin: "http://evil.example" }, JSON.stringify({ command: "start" })),
  desk("H5", "a second commander lets the arm move", "only who has the arm in hand lets it move; everybody may stop", () => {
    const { desk, act } = runningDesk();
    act();
    assert.equal(desk.command("page", "hold"), null);
    assert.match(desk.command("fleet", "resume") ?? "", /^page has the arm in hand/);
    assert.equal(desk.command("fleet", "stop"), null);
  }),
  desk("H6", "whoever holds the arm is gone", "it stays held; another may take it", () => {
    const { desk, act, supervisor } = runningDesk();
    act();
    desk.command("page", "hold");
    desk.leave("page");
    assert.equal(supervisor.state.agent, "holding");
    assert.equal(desk.command("ros", "resume"), null);
  }),
  desk("H7", "a wish to go faster than is allowed", "the smallest speed of all who ask, 1 at most", () => {
    const { desk, speeds } = runningDesk();
    desk.limitSpeed("fleet", 0.2);
    desk.limitSpeed("page", 5);
    assert.deepEqual(speeds, [0.2, 0.2]);
  }),
  desk("H9", "another task while one is done", "refused; the one in hand goes on", () => {
    const { desk, act } = runningDesk();
    desk.command("page", "hold");
    act();
    assert.match(
      desk.assign("page", { skill: "reach", goal: { kind: "tool", positionM: [0.5, 0, 0.2] } }) ?? "",
      /a task is running; stop it first/,
    );
  }),
  refused(
    {
      id: "H10",
      fault: "an operator's stop in motion",
      detectedBy: "supervisor, stop.operator",
      safeState: "stopped, at rest within 0.4 s",
      recovered: "a person: reset, start",
      deadline: "at once",
    },
    () => {
      const { supervisor, act } = begin();
      act();
      supervisor.fault(new AgentError("stop.operator", "Ctrl-C was pressed."));
      supervisor.atRest();
      assert.equal(supervisor.state.agent, "stopped");
      assert.match(supervisor.command("start") ?? "", /not possible while the agent is stopped/);
    },
  ),
];
