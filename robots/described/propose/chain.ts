/** Which of a file's joints are an arm, which link its tool is on, what stands before it and what is its gripper. */
import type { CompiledModel, Joint } from "../../../runtime/kinematics/compiled-model.ts";
import { bodyNamed, bodyOfSite, childrenOf, jointsTo, pathTo } from "../chain.ts";
import type { Source } from "../source/source.ts";

export interface Chain {
  /** In the file, that the first joint turns on. */
  readonly base: number;
  /** That the last joint moves. */
  readonly end: number;
  readonly joints: readonly string[];
  /** Joints behind the arm: fingers, a jaw. */
  readonly gripper: readonly string[];
}

const FINGER = /finger|knuckle|thumb|jaw|claw|pincer|gripper_(left|right)|(left|right)_gripper|gripper[ _-]?moving/i;
/** A link of nothing that says where the tool is. */
const TOOL_FRAME = /tcp|tool|grasp|(^|[_-])ee($|[_-])/i;
const LEG = /hip|knee|ankle|leg|foot|toe|wheel|caster|thigh|calf/i;
const JOINTS_MAX = 7;
const JOINTS_MIN = 3;
/** A hand has several short branches. */
const BRANCH_MAX = 2;
const DEXTEROUS_MAX = 5;

/** The likeliest arm first; none where no chain has three joints that turn. */
export function findChains(model: CompiledModel, source: Source): readonly Chain[] {
  const finder = new Finder(model, source);
  const chains = finder.ends(0, 0).map((end) => finder.chainTo(end));
  const unique = chains.filter(
    (chain, index) => chain.joints.length >= JOINTS_MIN && chains.findIndex(({ end }) => end === chain.end) === index,
  );
  return unique.toSorted((a, b) => finder.score(b) - finder.score(a));
}

/** The chain to a link or site that somebody named; null where the file has none of that name. */
export function chainToward(model: CompiledModel, source: Source, name: string): Chain | null {
  const body = Math.max(bodyNamed(model, name), bodyOfSite(model, name));
  return body < 0 ? null : new Finder(model, source).chainTo(body);
}

class Finder {
  readonly #model: CompiledModel;
  readonly #followers: ReadonlySet<string>;
  readonly #leaders: ReadonlySet<string>;

  constructor(model: CompiledModel, { follows }: Source) {
    this.#model = model;
    this.#followers = new Set(follows.map(({ joint }) => joint));
    this.#leaders = new Set(follows.map(({ leader }) => leader));
  }

  /** The last moved body of every arm below a body; `before` joints lead there. */
  ends(id: number, before: number): readonly number[] {
    const count = before + this.#turning(id).length;
    const branches = this.#branches(id);
    const deep = branches.filter((branch) => this.#depth(branch) >= JOINTS_MIN);
    const isHand =
      count >= JOINTS_MIN &&
      branches.length > 1 &&
      (branches.some((branch) => this.#isNamedFinger(branch)) ||
        Math.max(...branches.map((branch) => this.#depth(branch))) <= (branches.length > 2 ? DEXTEROUS_MAX : BRANCH_MAX));
    if (branches.length === 0 || isHand) return [id];
    if (branches.length === 1) return this.#isFinger(branches[0]!) && count >= JOINTS_MIN ? [id] : this.ends(branches[0]!, count);
    const found = (deep.length > 0 ? deep : branches).flatMap((branch) => this.ends(branch, count));
    return deep.length > 0 || count < JOINTS_MIN ? found : [id];
  }

  chainTo(end: number): Chain {
    const path = pathTo(this.#model, end);
    const last = path.findLast((id) => this.#turning(id).length > 0) ?? end;
    const turning = path.flatMap((id) => this.#turning(id).map((joint) => ({ id, joint })));
    const fork = path.findLastIndex((id) => this.#branches(id).filter((branch) => this.#depth(branch) >= JOINTS_MIN).length > 1);
    const behind = turning.filter(({ id }) => path.indexOf(id) > fork || turning.length < JOINTS_MIN);
    const kept = (behind.length >= JOINTS_MIN ? behind : turning).slice(-JOINTS_MAX);
    const below = (id: number): readonly Joint[] =>
      childrenOf(this.#model, id).flatMap((child) => [...this.#model.bodies[child]!.joints, ...below(child)]);
    return {
      base: kept[0] ? this.#model.bodies[kept[0].id]!.parent : 0,
      end: last,
      joints: kept.map(({ joint }) => joint.name),
      gripper: below(last).map(({ name }) => name),
    };
  }

  /** More joints are likelier an arm, legs hardly ever. */
  score({ joints, end }: Chain): number {
    const names = [...joints, ...pathTo(this.#model, end).map((id) => this.#model.bodies[id]!.name)];
    return joints.length - (names.filter((name) => LEG.test(name)).length > 1 ? 10 : 0);
  }

  /** Its joints that turn about an axis and follow nobody. */
  #turning(id: number): readonly Joint[] {
    return this.#model.bodies[id]!.joints.filter(({ kind, name }) => kind === "hinge" && !this.#followers.has(name));
  }

  /** The next bodies with joints below a body, over what is fixed to it. */
  #branches(id: number): readonly number[] {
    return childrenOf(this.#model, id).flatMap((child) => (this.#model.bodies[child]!.joints.length > 0 ? [child] : this.#branches(child)));
  }

  #depth(id: number): number {
    return this.#turning(id).length + Math.max(0, ...this.#branches(id).map((branch) => this.#depth(branch)));
  }

  #isNamedFinger(id: number): boolean {
    const { name, joints } = this.#model.bodies[id]!;
    const isGripper = /^gripper$/i.test(name) && this.#hasToolBeside(id);
    return FINGER.test(name) || isGripper || joints.some((joint) => FINGER.test(joint.name) || /^gripper$/i.test(joint.name));
  }

  /** The link before it carries the tool's frame: what moves against that is a jaw, where a hand would carry it. */
  #hasToolBeside(id: number): boolean {
    const { bodies } = this.#model;
    return childrenOf(this.#model, bodies[id]!.parent).some(
      (child) => bodies[child]!.joints.length === 0 && TOOL_FRAME.test(bodies[child]!.name),
    );
  }

  /** By its name, by who follows it, or because it slides a little way; a wrist that carries the jaws is called after them too, and has joints behind it. */
  #isFinger(id: number): boolean {
    const { joints } = this.#model.bodies[id]!;
    const named = this.#isNamedFinger(id) && this.#depth(id) <= 1;
    const slides = joints.every(({ kind, range }) => kind === "slide" && range !== null && range[1] - range[0] < 0.15);
    const leads =
      joints.some((joint) => this.#leaders.has(joint.name) || this.#followers.has(joint.name)) &&
      jointsTo(this.#model, id).length > JOINTS_MIN;
    return named || slides || (leads && this.#depth(id) <= BRANCH_MAX);
  }
}
