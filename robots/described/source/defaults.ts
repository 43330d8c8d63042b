/** MJCF's default classes: what an element's attribute is where the element does not say it itself. */
import type { Element } from "./xml.ts";

/** The class of elements that name none. */
const MAIN = "main";

export interface Defaults {
  /** An attribute as MuJoCo reads it: the element's own, or its class's, or that of `childclass` around it. */
  attribute(of: Element, name: string, childclass: string | undefined): string | undefined;
}

/** From the <default> elements of a model; the outermost is "main" whatever it is called. */
export function readDefaults(root: Element): Defaults {
  const classes = new Map<string, ReadonlyMap<string, Readonly<Record<string, string>>>>();
  const read = (of: Element, name: string, inherited: ReadonlyMap<string, Readonly<Record<string, string>>>): void => {
    const own = new Map(inherited);
    for (const child of of.children) {
      if (child.tag !== "default") own.set(child.tag, { ...own.get(child.tag), ...child.attributes });
    }
    classes.set(name, own);
    for (const child of of.children) if (child.tag === "default") read(child, child.attributes["class"] ?? "", own);
  };
  for (const each of root.children) if (each.tag === "default") read(each, MAIN, classes.get(MAIN) ?? new Map());
  return {
    attribute({ tag, attributes }, name, childclass) {
      const own = attributes[name];
      if (own !== undefined) return own;
      return classes.get(attributes["class"] ?? childclass ?? MAIN)?.get(tag)?.[name];
    },
  };
}
