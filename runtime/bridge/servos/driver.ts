/** An arm of servos on a bus as a Driver: a round of goals and readings every beat of its own, and everything that can go wrong on a desk said by name. */
import { EMPTY, merge, type Observable, Subject } from "rxjs";
import type { Driver, Placed } from "../../act/driver.ts";
import { createTrackingWatch, furthest } from "../../act/tracking-watch.ts";
import { untilAborted } from "../../act/until-aborted.ts";
import { AgentError } from "../../core/errors.ts";
import { gripperField } from "../../core/gripper.ts";
import type { JointCommand } from "../../core/motion.ts";
import type { Sample } from "../../core/sensing.ts";
import { type ArmServo, type ArmServos, armServos } from "./arm-servos.ts";
import { createCrowdWatch } from "./crowd-watch.ts";
import { createDutyCheck } from "./duty-check.ts";
import { createGripperDrive, type GripperDrive } from "./gripper-drive.ts";
import { createPort, type Port } from "./port.ts";
import { goToRest, REST_MS_MAX } from "./rest.ts";
import { createRoundTimes } from "./round-times.ts";
import type { ServoDriverOptions } from "./servo-arm.ts";
import type { ServoBus, ServoReading } from "./servo-bus.ts";
import { createServoWatch, type ServoWatch } from "./servo-watch.ts";
import { checkServos, jointState, settledSteps, takeServos } from "./take-over.ts";

/** What a virtual arm's world is asked for. */
const [RESET, TRUTH] = ["reset", "truth"];

/** Of a round the readings may take so much; the rest is for one look at a servo's duty. */
const READ_SHARE = 0.7;
/** Measured at rest further than this from the command counts as elsewhere. */
const ELSEWHERE_RAD = 0.02;
/** Torque is off for so long, for a servo to forget its overload. */
const CLEAR_MS = 10;

export class ServoDriver implements Driver {
  readonly faults: Observable<AgentError>;
  readonly leaveMsMax: number;
  readonly placements: readonly string[];
  readonly #faults = new Subject<AgentError>();
  readonly #samples = new Subject<Sample>();
  readonly #options: ServoDriverOptions;
  readonly #servos: ArmServos;
  readonly #ids: readonly number[];
  readonly #watch: ServoWatch;
  readonly #duty = createDutyCheck();
  readonly #gripper: GripperDrive | null;
  readonly #tracking: ReturnType<typeof createTrackingWatch>;
  readonly #times: ReturnType<typeof createRoundTimes>;
  readonly #crowd = createCrowdWatch();
  readonly #leaving = new AbortController();
  readonly #port: Port;
  #stopRounds: () => void = () => {};
  #round: Promise<void> | null = null;
  /** The newest command, until a round sent it. */
  #command: JointCommand | null = null;
  #commandedRad: Float64Array | null = null;
  #holds: ReadonlyMap<number, number> = new Map();
  #goals = new Map<number, number>();
  #readings: ReadonlyMap<number, ServoReading> = new Map();
  #torqueShare: number | null = null;
  #wantsTakeOver = false;
  #turn = 0;

  /** Resolves when the arm is held where it stands, or looked at only. Throws AgentErrors that name port, servo and remedy; then no servo was switched on by it. */
  static async create(options: ServoDriverOptions): Promise<ServoDriver> {
    const bus = await options.openBus();
    try {
      const driver = new ServoDriver(options, bus);
      await driver.#begin(bus);
      return driver;
    } catch (error) {
      await bus[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: ServoDriverOptions, bus: ServoBus) {
    const { spec, config, clock } = options;
    this.#options = options;
    this.#port = createPort({ ...options, bus, signal: this.#leaving.signal, onLost: (error) => this.#lost(error) });
    this.faults = merge(this.#faults, options.cameras?.faults ?? EMPTY);
    this.placements = options.world ? [RESET] : [];
    this.leaveMsMax = config.leave === "hold" ? 0 : REST_MS_MAX;
    this.#servos = armServos(spec, config.calibration, bus.stepsPerTurn);
    this.#ids = this.#servos.all.map(({ id }) => id);
    this.#watch = createServoWatch(this.#servos, config.limits);
    this.#gripper = spec.gripper && this.#servos.gripper ? createGripperDrive(this.#servos.gripper, spec.gripper) : null;
    const { trackingRad: radMax, trackingMs: msMax } = config.limits;
    this.#tracking = createTrackingWatch({
      names: spec.joints.map(({ name }) => name),
      types: spec.joints.map(({ type }) => type),
      radMax,
      msMax,
    });
    this.#times = createRoundTimes(clock, 1e3 / config.rateHz);
  }

  samples(signal: AbortSignal): Observable<Sample> {
    return untilAborted(merge(this.#samples, this.#options.cameras?.samples ?? EMPTY), signal);
  }

  command(command: JointCommand): void {
    this.#command = command;
    this.#commandedRad = command.positionRad;
  }

  tick(nowNs: bigint): void {
    if (!this.#commandedRad || this.#holds.size > 0 || this.#duty.astray.size > 0 || this.#readings.size < this.#ids.length) return;
    const { positionRad } = jointState(this.#servos, this.#readings, nowNs);
    const fault = this.#tracking.check(this.#commandedRad, positionRad, nowNs);
    if (fault) this.#faults.next(fault);
  }

  /** A resume: a person looked. What met something goes on from where it is, and what lost its torque is taken over anew. */
  isElsewhere(restRad: Float64Array): boolean {
    const wasHeld = this.#holds.size > 0;
    this.#watch.forget();
    this.#tracking.forget();
    this.#wantsTakeOver = true;
    const types = this.#options.spec.joints.map(({ type }) => type);
    return wasHeld || this.#commandedRad === null || furthest(this.#commandedRad, restRad, types).offRad > ELSEWHERE_RAD;
  }

  /** A virtual arm was put elsewhere: as at the start, it is held where its readings agree that it stands. */
  async place(name: string, payload: unknown): Promise<Placed> {
    const { world, spec, clock } = this.#options;
    const bus = this.#port.bus;
    if (!world || !bus)
      throw new AgentError(
        "robot.rejected",
        `ask "${name}": ${world ? "the port is gone; look at the cable" : "a real arm is put nowhere; move it by hand"}`,
      );
    this.#stopRounds();
    await this.#round;
    try {
      const answer = await world(name, payload);
      this.#watch.forget();
      this.#tracking.forget();
      this.#holds = new Map();
      [this.#command, this.#commandedRad] = [null, null];
      const steps = await settledSteps(bus, spec, this.#servos, clock);
      await this.#takeOver(bus, this.#servos.all, steps);
      return { restRad: Float64Array.from(this.#servos.joints, ({ id, scale }) => scale.toRad(steps.get(id)!)), answer };
    } finally {
      this.#beatOn();
    }
  }

  async answer(name: string, payload?: unknown): Promise<unknown> {
    if (name === TRUTH && this.#options.world) return this.#options.world(name, payload);
    if (name !== "servos") throw new AgentError("robot.rejected", `ask "${name}": an arm of servos answers "servos" only; ask that`);
    const { transactions = 0, malformed = 0, byId = new Map() } = this.#port.bus?.counts ?? {};
    const servos = this.#servos.all.map(({ id, name: joint }) => ({ id, joint, ...byId.get(id), ...this.#readings.get(id) }));
    return { transactions, malformed, rounds: this.#times.summary(), servos };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#leaving.signal.aborted) return;
    this.#leaving.abort();
    this.#stopRounds();
    await this.#round;
    const { config, spec, clock } = this.#options;
    if (this.#port.bus && config.moves && config.leave === "rest-then-limp" && this.#duty.astray.size === 0) {
      await goToRest({ bus: this.#port.bus, servos: this.#servos, restRad: spec.homeRad, clock }).catch(() => {}); // It holds where it is: safer than to fall.
    }
    await this.#port.bus?.[Symbol.asyncDispose]();
    this.#samples.complete();
    this.#faults.complete();
  }

  async #begin(bus: ServoBus): Promise<void> {
    const { spec, config, clock } = this.#options;
    await checkServos(bus, this.#servos, clock);
    if (config.moves) await this.#takeOver(bus, this.#servos.all, await settledSteps(bus, spec, this.#servos, clock));
    this.#port.watch();
    this.#beatOn();
  }

  #beatOn(): void {
    const { clock, config } = this.#options;
    if (!this.#leaving.signal.aborted) this.#stopRounds = clock.every(1e3 / config.rateHz, () => this.#beat());
  }

  /** SAFETY: where the command has gone meanwhile is not where the arm stands, and its servos may have restarted: nothing is sent before a resume. */
  #lost(error: AgentError): void {
    for (const id of this.#ids) this.#duty.stray(id);
    this.#command = null;
    this.#readings = new Map();
    this.#faults.next(error);
  }

  async #takeOver(bus: ServoBus, servos: readonly ArmServo[], steps: ReadonlyMap<number, number>): Promise<void> {
    await takeServos(bus, servos, steps, this.#options.clock);
    for (const { id } of servos) {
      this.#goals.set(id, steps.get(id)!);
      this.#duty.taken(id, steps.get(id)!);
    }
  }

  #beat(): void {
    const bus = this.#port.bus;
    if (!bus) {
      this.#command = null;
      return;
    }
    if (this.#round) {
      this.#times.skipped();
      return;
    }
    this.#round = this.#goRound(bus)
      .catch((error: unknown) => {
        if (error instanceof AgentError) this.#faults.next(error);
        else this.#samples.error(error); // A bug: the keeper brakes and ends.
      })
      .finally(() => {
        this.#round = null;
      });
  }

  async #goRound(bus: ServoBus): Promise<void> {
    const { clock, config } = this.#options;
    const startNs = clock.nowNs();
    if (config.moves) {
      await this.#checkDuty(bus); // Before we write: what others wrote since is still there.
      await this.#send(bus, startNs);
    }
    const readings = await bus.readAll(this.#ids, (READ_SHARE * 1e3) / config.rateHz);
    const nowNs = clock.nowNs();
    this.#readings = readings;
    const { faults, missing, holds, isWhole } = this.#watch.look({ readings, goals: this.#goals, nowNs });
    this.#holds = holds;
    for (const id of missing) this.#duty.stray(id);
    for (const fault of faults) this.#faults.next(fault);
    if (isWhole) this.#tell(readings, nowNs);
    const crowded = this.#crowd.look(bus, nowNs);
    if (crowded) this.#faults.next(crowded);
    this.#times.record(startNs);
  }

  /** Only what was commanded since the last round: while the keeper is silent, so are we. */
  async #send(bus: ServoBus, nowNs: bigint): Promise<void> {
    if (this.#wantsTakeOver) await this.#takeBack(bus);
    const command = this.#command;
    this.#command = null;
    const goals = new Map<number, number>();
    const tell = ({ id }: ArmServo, steps: number): void => {
      if (this.#duty.astray.has(id)) return;
      const positionSteps = this.#holds.get(id) ?? Math.round(steps);
      goals.set(id, positionSteps);
      this.#goals.set(id, positionSteps);
      this.#duty.sent(id, positionSteps);
    };
    const leadS = this.#options.config.leadMs / 1e3;
    if (command)
      for (const [joint, servo] of this.#servos.joints.entries())
        tell(servo, servo.scale.toSteps(command.positionRad[joint]! + leadS * command.velocityRadPerS[joint]!));
    const { gripper } = this.#servos;
    const felt = gripper && this.#readings.get(gripper.id);
    if (command?.gripper && gripper && felt && this.#gripper) {
      const share = this.#gripper.torqueShare(command.gripper);
      if (share !== this.#torqueShare) await bus.setTorqueLimit(gripper.id, share);
      this.#torqueShare = share;
      tell(gripper, this.#gripper.goalSteps(command.gripper, felt, nowNs));
    }
    if (goals.size > 0) await bus.writeGoals(goals);
  }

  /** Servos that went astray or say overload: their reading becomes their goal, then torque. */
  async #takeBack(bus: ServoBus): Promise<void> {
    this.#wantsTakeOver = false;
    const isOverloaded = ({ id }: ArmServo): boolean => this.#readings.get(id)?.alarms.includes("overload") ?? false;
    const there = this.#servos.all.filter(({ id }) => this.#readings.has(id));
    const overloaded = there.filter(isOverloaded);
    const wanted = there.filter((servo) => this.#duty.astray.has(servo.id) || overloaded.includes(servo));
    if (wanted.length === 0) return;
    for (const { id } of overloaded) await bus.setTorque(id, false);
    if (overloaded.length > 0) await this.#options.clock.sleep(CLEAR_MS);
    await this.#takeOver(bus, wanted, new Map([...this.#readings].map(([id, { positionSteps }]) => [id, positionSteps])));
    this.#command = null; // It has aged.
  }

  #tell(readings: ReadonlyMap<number, ServoReading>, nowNs: bigint): void {
    const { gripper } = this.#servos;
    const felt = gripper && readings.get(gripper.id);
    const told = felt && this.#gripper ? this.#gripper.reading(felt) : undefined;
    const joints = jointState(this.#servos, readings, nowNs);
    this.#options.cameras?.felt(joints.positionRad);
    this.#samples.next({ kind: "joints", joints: { ...joints, ...gripperField(told) } });
  }

  async #checkDuty(bus: ServoBus): Promise<void> {
    this.#turn = (this.#turn + 1) % this.#ids.length;
    const id = this.#ids[this.#turn]!;
    const duty = await bus.glanceAtDuty(id);
    if (!duty) return;
    const { fault, isBroken } = this.#duty.look(id, duty, this.#servos.name(id));
    if (fault) this.#faults.next(fault);
    // SAFETY: a servo goes on to a goal that broke on the wire for as long as nobody tells it another.
    else if (isBroken) await bus.writeGoals(new Map([[id, this.#goals.get(id)!]]));
  }
}
