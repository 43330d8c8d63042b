/** What each moving link weighs: as the file says, mended where a body cannot have it, shared out where the file says nothing. */
import type { Body, CompiledModel } from "../../runtime/kinematics/compiled-model.ts";
import { childrenOf, jointsTo, nameOf } from "./chain.ts";
import type { RobotDescription } from "./description.ts";
import { ballMomentKgM2 } from "./source/inertials.ts";
import { NO_MASS_KG, type Source, type SourceInertia } from "./source/source.ts";

export interface Weighed {
  readonly model: CompiledModel;
  /** What cannot be used as it is, with link, value and remedy. */
  readonly problems: readonly string[];
  /** What was taken for something else, for people. */
  readonly notes: readonly string[];
}

/** Of frames without a mass that move by themselves: small beside any link. */
const FRAME_KG = 0.001;
const LINK_LENGTH_MIN_M = 0.05;
const SHOWN_MAX = 4;

/** `model` has the moved joints only. */
export function weighed({ mendInertias = false, massKg, gripper }: RobotDescription, model: CompiledModel, source: Source): Weighed {
  const moving = model.bodies.flatMap((_, id) => (jointsTo(model, id).length > 0 ? [id] : []));
  const isFinger = (id: number): boolean => jointsTo(model, id).some(({ name }) => gripper?.fingers.some(({ joint }) => joint === name));
  const named = moving.flatMap((id) => {
    const found = source.inertias.get(model.bodies[id]!.name);
    return found ? [{ id, ...found }] : [];
  });
  const mends = mendInertias || source.mendsInertias;
  const misfits = named.filter(({ misfit }) => misfit !== null);
  const wrong = misfits.filter(({ misfit }) => !misfit?.isRounding && !mends);
  const lacks = (id: number): boolean => named.some((each) => each.id === id && each.lacking !== null);
  const bare = moving.filter((id) => isBare(model, id));
  /** Of links that have shapes and no mass MuJoCo knows what the shapes would weigh as water. */
  const asWater = moving.filter((id) => lacks(id) && !bare.includes(id) && !isMassless(model.bodies[id]!));
  const saysNothing = moving.filter((id) => !isFinger(id)).every((id) => isMassless(model.bodies[id]!) || lacks(id));
  const refused = massKg !== undefined ? [] : saysNothing ? [...bare, ...asWater] : bare.filter((id) => lacks(id) && !isFinger(id));
  const filled = massKg === undefined ? bare : [...bare, ...asWater];
  const knownKg = moving.reduce(
    (sum, id) => sum + (filled.includes(id) || isMassless(model.bodies[id]!) ? 0 : model.bodies[id]!.massKg),
    0,
  );
  const lengthsM = filled.reduce((sum, id) => sum + lengthM(model, id), 0);
  /** What is left of the whole is shared out by length; without a whole a frame gets next to nothing. */
  const shareKg = (id: number): number =>
    massKg === undefined ? FRAME_KG : Math.max(FRAME_KG, ((massKg - knownKg) * lengthM(model, id)) / lengthsM);
  const said = (id: number, what: string): string => `link "${nameOf(model, id)}": ${what}`;
  return {
    model: { ...model, bodies: model.bodies.map((body, id) => (filled.includes(id) ? asBall(model, body, id, shareKg(id)) : body)) },
    problems: [
      ...wrong.map(({ id, place, misfit }) => `link "${nameOf(model, id)}" (${place.file}:${place.line}): ${misfitText(misfit!)}; ${MEND}`),
      ...(refused.length > 0 ? [lackText(model, refused, source)] : []),
    ],
    notes: [
      ...misfits
        .filter(({ misfit }) => misfit?.isRounding || mends)
        .map(({ id, misfit }) => said(id, `${misfitText(misfit!)}; ${numberText(misfit!.lackingKgM2)} kg m^2 were added to each`)),
      ...asWater
        .filter((id) => !filled.includes(id))
        .map((id) => said(id, `has no mass; its shapes are taken for water, ${numberText(model.bodies[id]!.massKg)} kg`)),
      ...filled.map((id) => said(id, `has no mass; taken for ${numberText(shareKg(id))} kg`)),
    ],
  };
}

const MEND =
  "correct it (the file's author, or the program that drew it, has the right one), or add robot.mendInertias: true, which adds to all three what is lacking";

const misfitText = ({ massKg, momentsKgM2, why }: NonNullable<SourceInertia["misfit"]>): string =>
  `its inertia ${why}; they are ${momentsKgM2.map(numberText).join(", ")} kg m^2 at ${numberText(massKg)} kg`;

function lackText(model: CompiledModel, ids: readonly number[], source: Source): string {
  const named = ids.map((id) => {
    const found = source.inertias.get(model.bodies[id]!.name);
    return `"${nameOf(model, id)}" ${found?.lacking ?? "has no mass"}${found ? ` (${found.place.file}:${found.place.line})` : ""}`;
  });
  const more = named.length > SHOWN_MAX ? `, and ${named.length - SHOWN_MAX} more` : "";
  return `links: every link that moves needs mass and inertia of its own: ${named.slice(0, SHOWN_MAX).join(", ")}${more}; give them an <inertial>, or say with robot.massKg what the moving links weigh together`;
}

const isMassless = ({ massKg }: Body): boolean => massKg < NO_MASS_KG;

/** It has a joint of its own, and neither it nor what is fixed to it has a mass. */
const isBare = (model: CompiledModel, id: number): boolean =>
  model.bodies[id]!.joints.length > 0 && rigid(model, id).every((each) => isMassless(model.bodies[each]!));

/** The body and what is fixed to it. */
function rigid(model: CompiledModel, id: number): readonly number[] {
  const fixed = childrenOf(model, id).filter((child) => model.bodies[child]!.joints.length === 0);
  return [id, ...fixed.flatMap((child) => rigid(model, child))];
}

/** To the farthest of what moves on it, or is fixed to it. */
function lengthM(model: CompiledModel, id: number): number {
  return Math.max(LINK_LENGTH_MIN_M, ...childrenOf(model, id).map((child) => Math.hypot(...model.bodies[child]!.positionM)));
}

/** A ball half way along the link. */
function asBall(model: CompiledModel, body: Body, id: number, massKg: number): Body {
  const ends = childrenOf(model, id).map((child) => model.bodies[child]!.positionM);
  const [end = [0, 0, 0]] = ends.toSorted((one, other) => Math.hypot(...other) - Math.hypot(...one));
  const moment = ballMomentKgM2(massKg);
  const inertialFrame = { positionM: end.map((value) => value / 2), quaternion: [1, 0, 0, 0] };
  return { ...body, massKg, momentsKgM2: [moment, moment, moment], inertialFrame };
}

const numberText = (value: number): string => String(Number(value.toPrecision(3)));
