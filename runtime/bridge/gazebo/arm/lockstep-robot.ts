/** A Robot over a Gazebo that waits for it: virtual time; the world makes the steps of one decision period and pauses again. */
import { concat, defer, from, Subject } from "rxjs";
import { refusalOf } from "../../../act/admission.ts";
import { BEAT_NS, BEAT_S, type CommandLoop, createCommandLoop } from "../../../act/command-loop.ts";
import type { LastGuard } from "../../../act/driver.ts";
import type { LockstepRobot } from "../../../act/lockstep-robot.ts";
import { createStream, type Stream } from "../../../act/stream.ts";
import { untilAborted } from "../../../act/until-aborted.ts";
import type { ManualClock } from "../../../core/clock.ts";
import { AgentError, invariant } from "../../../core/errors.ts";
import type { JointCommand, Segment, SegmentEvent } from "../../../core/motion.ts";
import type { RobotSpec } from "../../../core/robot.ts";
import type { Sample } from "../../../core/sensing.ts";
import type { GazeboArm, GazeboArmOptions } from "./arm.ts";
import { moveTo, type Passage } from "./episodes.ts";
import { SETTLE_PERIODS_MAX, SteppedWorld } from "./stepped-world.ts";

/** Requests beside the contract: `placements` leave the arm elsewhere, at rest. */
export interface GazeboRequests {
  readonly placements: readonly string[];
  place(arm: GazeboArm, passage: Passage, name: string, payload: unknown): Promise<unknown>;
  answer(arm: GazeboArm, name: string, payload: unknown): Promise<unknown>;
}

export interface GazeboLockstepOptions extends GazeboArmOptions {
  /** Moved by the robot, as in the embedded lockstep robot. */
  readonly virtual: ManualClock;
  readonly lastGuard: LastGuard;
  readonly periodS: number;
  /** Of the world's physics, seconds. */
  readonly stepS: number;
  readonly cameraRateHz: number;
  readonly requests: GazeboRequests;
  /** After the robot, its world may end. */
  readonly onDisposed?: () => Promise<void>;
}

/** Resolves when the arm rests at its home posture; throws AgentError `bridge.timeout` naming what is not there. */
export async function openGazeboLockstep(options: GazeboLockstepOptions): Promise<LockstepRobot> {
  const world = await SteppedWorld.open(options);
  try {
    await moveTo(world.arm, world, options.spec.homeRad);
    return new GazeboLockstepRobot(options, world);
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
}

class GazeboLockstepRobot implements LockstepRobot {
  readonly spec: RobotSpec;
  readonly #options: GazeboLockstepOptions;
  readonly #world: SteppedWorld;
  readonly #stream: Stream;
  readonly #loop: CommandLoop;
  readonly #samples = new Subject<Sample>();
  readonly #events = new Subject<SegmentEvent>();
  readonly #faults = new Subject<AgentError>();
  readonly #overrides = new Subject<Segment>();
  readonly events = this.#events.asObservable();
  readonly faults = this.#faults.asObservable();
  readonly overrides = this.#overrides.asObservable();
  /** Told when the world has made its steps: whoever hears of it may stop the arm. */
  readonly #untold: AgentError[] = [];
  #present: readonly Sample[] = [];
  #lost: AgentError | null = null;
  #disposed: Promise<void> | null = null;
  /** One request after the other: the world is stepped by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: GazeboLockstepOptions, world: SteppedWorld) {
    const { spec, virtual, lastGuard } = options;
    this.spec = spec;
    this.#options = options;
    this.#world = world;
    const startNs = virtual.nowNs();
    const initialRad = spec.homeRad;
    this.#stream = createStream({ spec, initialRad, startNs, onEvent: (event) => this.#events.next(event) });
    const onFault = (why: AgentError): void => void this.#untold.push(why);
    this.#loop = createCommandLoop({
      spec,
      stream: this.#stream,
      lastGuard,
      initialRad,
      startNs: startNs - BEAT_NS,
      onOverride: (segment) => this.#overrides.next(segment),
      onFault,
    });
    world.mapTo(startNs);
    this.#present = world.samplesNow();
  }

  observe(signal: AbortSignal) {
    const present = defer(() => from(this.#disposed ? [] : this.#present));
    return untilAborted(concat(present, this.#samples), signal);
  }

  act(segment: Segment): Promise<Segment> {
    return this.#inTurn(async () => {
      this.#lookForOthers();
      const admission = this.#loop.accept(segment, this.#nowNs());
      if (admission.kind === "rejected") {
        this.#tell();
        throw refusalOf(admission);
      }
      await this.#advance(this.#periodBeats());
      return admission.segment;
    });
  }

  pass(): Promise<void> {
    return this.#inTurn(() => this.#advance(this.#periodBeats()));
  }

  commandedAt(stampNs: bigint): JointCommand {
    return this.#stream.commandedAt(stampNs);
  }

  stop(reason: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#overrides.next(this.#loop.stop(this.#nowNs(), reason));
      const periods = Math.ceil(this.#loop.restInS(this.#nowNs()) / this.#options.periodS - 1e-9);
      if (periods > 0) await this.#advance(periods * this.#periodBeats()); // Whole periods, at whose ends the cameras are due.
    });
  }

  resume(): Promise<void> {
    return this.#inTurn(async () => {
      this.#world.arm.soundRad();
      this.#stream.resume();
    });
  }

  ask(name: string, payload: unknown = null): Promise<unknown> {
    const { requests } = this.#options;
    return this.#inTurn(async () => {
      if (!requests.placements.includes(name)) return await requests.answer(this.#world.arm, name, payload);
      const restInS = this.#loop.restInS(this.#nowNs());
      if (restInS > 0) {
        throw new AgentError("robot.rejected", `ask "${name}": arm is at rest in ${restInS.toFixed(3)} s, must be now; stop it first`);
      }
      const answer = await this.#orLost(async () => {
        await this.#world.align();
        return await requests.place(this.#world.arm, this.#world, name, payload);
      });
      const restRad = this.#world.arm.restRad;
      this.#world.mapTo(this.#nowNs());
      this.#loop.placedAt(restRad, this.#nowNs(), `placed by ${name}`, this.#world.arm.fingers?.held);
      this.#present = this.#world.samplesNow();
      return answer;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.#turn.catch(() => {}); // Whoever asked for it has the error.
    await this.#world[Symbol.asyncDispose]();
    await this.#options.onDisposed?.();
    this.#samples.complete();
    this.#events.complete();
    this.#faults.complete();
    this.#overrides.complete();
  }

  #nowNs(): bigint {
    return this.#options.virtual.nowNs();
  }

  #periodBeats(): number {
    const beats = Math.round(this.#options.periodS / BEAT_S);
    invariant(Math.abs(beats * BEAT_S - this.#options.periodS) < 1e-9, `period ${this.#options.periodS} s is no multiple of ${BEAT_S} s`);
    return beats;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(async () => {
      if (this.#disposed) throw new AgentError("robot.lost", `robot "${this.spec.name}": disposed of; make a new one`);
      if (this.#lost) throw this.#lost;
      return await work();
    });
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** SAFETY: two commanders would take turns with the arm: nothing more is sent until a resume. */
  #lookForOthers(): void {
    const intruder = this.#world.arm.intruder();
    if (!intruder) return;
    this.#overrides.next(this.#loop.stop(this.#nowNs(), intruder.message));
    throw intruder;
  }

  /** Then all that the world shows is of now: where something was not told it goes on, period by period, until it is. */
  async #advance(beatCount: number): Promise<void> {
    await this.#orLost(async () => {
      if (await this.#move(beatCount)) return;
      for (let period = 0; !(await this.#move(this.#periodBeats())); period++) {
        if (period === SETTLE_PERIODS_MAX) throw this.#world.outOfStep("robot.lost");
      }
    });
    this.#present = this.#world.samplesNow();
    for (const sample of this.#present) this.#samples.next(sample);
    this.#tell();
  }

  #tell(): void {
    for (const fault of this.#untold.splice(0)) this.#faults.next(fault);
  }

  /** The commands of these beats as one trajectory, then the world makes its steps; whether all of their end was told. */
  async #move(beatCount: number): Promise<boolean> {
    const { virtual } = this.#options;
    const startNs = virtual.nowNs();
    // The end too has to get past the last guard: the next move begins there, with the same command.
    const commands = Array.from({ length: beatCount + 1 }, (_, beat) => this.#loop.beat(startNs + BigInt(beat) * BEAT_NS));
    const endNs = startNs + BigInt(beatCount) * BEAT_NS;
    const durationS = beatCount * BEAT_S;
    this.#world.command((tS) => commands[Math.min(beatCount, Math.round(tS / BEAT_S))]!, durationS);
    const isTold = await this.#world.pass(durationS);
    virtual.advanceTo(endNs);
    this.#stream.commandAt(endNs); // What ends with the period is told with the period.
    return isTold;
  }

  /** A world that does not make its steps is lost: observers and all that follows get the error. */
  async #orLost<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      this.#lost = error.code.startsWith("bridge.") ? new AgentError("robot.lost", error.message, { cause: error }) : error;
      if (this.#lost.code === "robot.lost") this.#samples.error(this.#lost);
      else this.#lost = null;
      throw this.#lost ?? error;
    }
  }
}
