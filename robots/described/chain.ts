/** Which bodies and joints lie between an arm's base and a place on it. */
import type { Body, CompiledModel, Joint } from "../../runtime/kinematics/compiled-model.ts";

/** From the world to the body, both included. */
export function pathTo(model: CompiledModel, id: number): readonly number[] {
  const path = [id];
  while (path[0]! > 0) path.unshift(model.bodies[path[0]!]!.parent);
  return path;
}

/** The joints that move a body, from the world on. */
export const jointsTo = (model: CompiledModel, id: number): readonly Joint[] =>
  pathTo(model, id).flatMap((each) => model.bodies[each]!.joints);

/** -1 where there is none. */
export const bodyNamed = ({ bodies }: CompiledModel, name: string): number => bodies.findIndex((body, id) => id > 0 && body.name === name);

export const bodyOfJoint = ({ bodies }: CompiledModel, joint: string): number =>
  bodies.findIndex(({ joints }) => joints.some(({ name }) => name === joint));

/** The body that a site is on; -1 where there is none. */
export const bodyOfSite = ({ bodies }: CompiledModel, site: string): number =>
  bodies.findIndex(({ sites }) => sites.some(({ name }) => name === site));

export const childrenOf = ({ bodies }: CompiledModel, parent: number): readonly number[] =>
  bodies.flatMap((body: Body, id) => (id > 0 && body.parent === parent ? [id] : []));

/** What a person can look for in the file. */
export const nameOf = ({ bodies }: CompiledModel, id: number): string => bodies[id]!.name || `number ${id}`;
