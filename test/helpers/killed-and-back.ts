/** The same story for everybody who commands from afar: an agent is killed in the midst of a task, comes back holding in another process, and does what it is told. */
import assert from "node:assert/strict";
import { until } from "./until.ts";

/** What an agent last told of itself. */
export interface Stand {
  readonly agent: string;
  readonly reason: string;
  readonly mayAct: boolean;
}

/** An agent in a process of its own, as one who is not in its room meets it. */
export interface Remote extends AsyncDisposable {
  /** Null before anything was told. */
  stand(): Stand | null | Promise<Stand | null>;
  /** Null when done, else why not. */
  say(word: "start" | "resume" | "restart-skill" | "abort" | { readonly urgent: string }): Promise<string | null>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** As long as a busy machine may take to start an agent, or to end an urgent task. */
const WAIT_MS_MAX = 120_000;

function toOrGiveUp(positionM: readonly number[]) {
  return { fallback: [{ skill: "reach", goal: { kind: "tool", positionM } }, { waitS: 0.1 }] };
}

/** A task that goes on for minutes: legs to and fro; one that fails is not the matter. */
export const toAndFro = JSON.stringify({
  sequence: Array.from({ length: 30 }, (_, leg) => toOrGiveUp(leg % 2 ? [0.45, -0.16, 0.2] : [0.55, 0.16, 0.22])),
});

/** Its name is park: to its place by so many ways round, so that who looks now and then sees it being done. */
export const urgentOf = (ways: number): string =>
  JSON.stringify({
    park: {
      urgency: 3,
      task: { sequence: Array.from({ length: 2 * ways + 1 }, (_, leg) => toOrGiveUp(leg % 2 ? [0.45, -0.16, 0.2] : [0.5, 0, 0.3])) },
    },
  });

export const urgent = urgentOf(0);

/** `open` starts an agent whose task is `toAndFro`, with `urgent` beside it, and whose `state` is the same file every time; `isStill` looks at the arm while it must not move. */
export async function killedAndBack(open: () => Promise<Remote>, isStill: () => Promise<void> = async () => {}): Promise<void> {
  const comes = (remote: Remote, what: string, isSo: (stand: Stand) => boolean): Promise<void> =>
    until(
      what,
      async () => {
        const stand = await remote.stand();
        return stand !== null && isSo(stand);
      },
      WAIT_MS_MAX,
    );
  const acts = (remote: Remote): Promise<void> => comes(remote, "it acts", ({ mayAct }) => mayAct);
  const isUrgent = ({ reason }: Stand): boolean => reason.startsWith("A task of urgency 3 comes first");

  /** One process: what is done with it, then it is killed. */
  const killedAfter = async (live: (remote: Remote) => Promise<void>): Promise<void> => {
    await using remote = await open();
    await live(remote);
    await remote.kill();
  };
  const isBack = async (remote: Remote): Promise<void> => {
    await comes(remote, "it is back, and holds", ({ agent }) => agent === "holding");
    assert.match((await remote.stand())?.reason ?? "", /^The agent was interrupted while running: .*; resume goes on from there/);
    assert.equal((await remote.stand())?.mayAct, false);
    await isStill();
    assert.equal((await remote.stand())?.agent, "holding");
  };

  await killedAfter(async (remote) => {
    await comes(remote, "it is idle", ({ agent }) => agent === "idle");
    assert.equal(await remote.say({ urgent: "park" }), null);
    await comes(
      remote,
      "the urgent task acts, although none was begun",
      ({ mayAct, reason }) => mayAct && reason.startsWith("A task of urgency 3 is being done"),
    );
    await comes(remote, "it is over, and it is idle", ({ agent }) => agent === "idle");
    assert.equal(await remote.say("start"), null);
    await acts(remote);
  });
  await killedAfter(async (remote) => {
    await isBack(remote);
    assert.equal(await remote.say("resume"), null);
    await acts(remote);
    assert.equal(await remote.say({ urgent: "park" }), null);
    await comes(remote, "the urgent task acts", (stand) => isUrgent(stand) && stand.mayAct);
  });
  await killedAfter(async (remote) => {
    await isBack(remote);
    assert.equal(await remote.say("restart-skill"), null);
    await comes(remote, "the urgent task goes on", (stand) => isUrgent(stand) && stand.mayAct);
    await comes(remote, "the task before goes on after it", (stand) => !isUrgent(stand) && stand.mayAct);
  });
  await killedAfter(async (remote) => {
    await isBack(remote);
    assert.equal(await remote.say("abort"), null);
    await comes(remote, "it is idle", ({ agent }) => agent === "idle");
    assert.equal((await remote.stand())?.reason, "An operator aborted the task.");
  });
  await using remote = await open();
  await comes(remote, "it begins anew: there is no task to go on with", ({ agent }) => agent === "idle");
}
