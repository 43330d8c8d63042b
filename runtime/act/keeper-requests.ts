/** What the keeper answers to the agent's messages: each one checked, each request replied to exactly once. */
import type { Clock } from "../core/clock.ts";
import { AgentError, invariant } from "../core/errors.ts";
import { objections } from "../core/objections.ts";
import { refusalOf } from "./admission.ts";
import type { CommandLoop } from "./command-loop.ts";
import type { Driver } from "./driver.ts";
import type { Jitter } from "./jitter.ts";
import { describeError, type KeeperStats, numbered, type Request, type ToAgent, toKeeper } from "./messages.ts";
import type { SettledReading } from "./settled-reading.ts";
import type { Stream } from "./stream.ts";

export interface KeeperRequestsOptions {
  readonly stream: Pick<Stream, "resume">;
  readonly loop: CommandLoop;
  readonly reading: SettledReading;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly post: (message: ToAgent) => void;
  readonly stats: () => KeeperStats;
  readonly jitter: Pick<Jitter, "pause">;
  readonly onMalformed: () => void;
  /** Why the arm may not be moved since its readings fail, or null. */
  readonly gone: () => AgentError | null;
  readonly onHeard: () => void;
  /** A motion was. */
  readonly onAccepted: () => void;
  readonly onBye: () => void;
  /** Why the keeper is about to end, or null. */
  readonly ending: () => string | null;
}

export interface KeeperRequests {
  receive(message: unknown): void;
  /** The driver is putting the arm elsewhere: no command may be sent. */
  readonly placing: boolean;
}

/** Questions to the driver answered at the same time. */
const ASKED_MAX = 8;
/** For the arm to rest and its readings to agree where, at a resume. */
const RESUME_MS_MAX = 1500;
const LOOK_MS = 10;

export function createKeeperRequests(options: KeeperRequestsOptions): KeeperRequests {
  const { stream, loop, reading, driver, clock, post } = options;
  let askedCount = 0;
  let placing = false;

  const ask = async (name: string, payload: unknown): Promise<unknown> => {
    if (askedCount >= ASKED_MAX)
      throw new AgentError("robot.rejected", `ask "${name}": ${askedCount} asked already, at most ${ASKED_MAX}; wait`);
    askedCount++;
    try {
      if (driver.placements?.includes(name)) return await place(name, payload);
      if (!driver.answer) throw new AgentError("robot.rejected", `ask "${name}": this driver answers nothing; use another backend`);
      return await driver.answer(name, payload);
    } finally {
      askedCount--;
    }
  };
  const place = async (name: string, payload: unknown): Promise<unknown> => {
    invariant(driver.place, "a driver with placements has `place`");
    const restInS = loop.restInS(clock.nowNs());
    if (placing || restInS > 0)
      throw new AgentError("robot.rejected", `ask "${name}": arm is at rest in ${restInS.toFixed(3)} s, must be now; stop it first`);
    placing = true;
    try {
      const { restRad, gripper, answer } = await driver.place(name, payload);
      const reason = `placed by ${name}`;
      post({ kind: "override", segment: loop.placedAt(restRad, clock.nowNs(), reason, gripper), reason });
      return answer;
    } finally {
      placing = false;
      options.jitter.pause();
    }
  };
  /** SAFETY: what happened to the arm while it was stopped is not to be undone by a leap to the old command: it goes on from where its readings agree that it stands. */
  const resume = async (): Promise<null> => {
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      if (options.ending() !== null) throw new AgentError("robot.lost", `resume: the keeper is ending (${options.ending()}); start again`);
      const nowNs = clock.nowNs();
      const restRad = loop.restInS(nowNs) > 0 ? null : reading.standsAt(nowNs);
      if (restRad !== null) {
        const reason = "resumed where the arm is";
        if (driver.isElsewhere?.(restRad)) post({ kind: "override", segment: loop.placedAt(restRad, nowNs, reason), reason });
        stream.resume();
        return null;
      }
      if (waitedMs >= RESUME_MS_MAX) break;
      await clock.sleep(LOOK_MS);
    }
    const { code, message } = reading.objection(clock.nowNs());
    throw new AgentError(code, `resume: the arm's readings did not settle within ${RESUME_MS_MAX} ms; ${message}`);
  };
  const answer = (message: Request): unknown => {
    switch (message.kind) {
      case "act": {
        if (placing) throw new AgentError("robot.rejected", `segment ${message.segment.id}: the arm is being placed; wait for the answer`);
        const gone = options.gone();
        if (gone) throw new AgentError("robot.rejected", `segment ${message.segment.id}: the arm's readings fail; ${gone.message}`);
        const admission = loop.accept(message.segment, clock.nowNs());
        if (admission.kind === "rejected") throw refusalOf(admission);
        options.onAccepted();
        return admission.segment;
      }
      case "stop":
        post({ kind: "override", segment: loop.stop(clock.nowNs(), message.reason), reason: message.reason });
        return null;
      case "resume":
        return resume();
      case "stats":
        return options.stats();
      case "ask":
        return ask(message.name, message.payload);
    }
  };
  const reply = async (message: Request): Promise<void> => {
    try {
      const value = answer(message);
      post({ kind: "reply", request: message.request, value: value instanceof Promise ? await value : value });
    } catch (error) {
      post({ kind: "refusal", request: message.request, ...describeError(error) });
    }
  };
  const refuse = (message: unknown, why: string): void => {
    options.onMalformed();
    const known = numbered.safeParse(message);
    if (known.success)
      post({ kind: "refusal", request: known.data.request, code: "robot.rejected", message: `keeper: malformed message: ${why}` });
  };
  return {
    receive(message) {
      const checked = toKeeper.safeParse(message);
      if (!checked.success) return refuse(message, objections(checked.error));
      options.onHeard();
      if (checked.data.kind === "bye") options.onBye();
      else if ("request" in checked.data) void reply(checked.data);
    },
    get placing() {
      return placing;
    },
  };
}
