/** XML as elements that know where they were written, and back to text whose lines are known; comments and text between elements are no part of it. */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { AgentError } from "../../../runtime/core/errors.ts";

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly place: Place;
}

/** An element as fast-xml-parser keeps the order of: its tag holds its children, ":@" its attributes. */
type Node = Readonly<Record<string | symbol, unknown>>;

const ATTRIBUTES = ":@";
const PLACE = XMLParser.getMetaDataSymbol() as unknown as symbol;
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  parseTagValue: false,
  captureMetaData: true,
});

/** The outermost elements. Throws AgentError `model.corrupt` naming file and line where the text is no XML. */
export function parseXml(written: string, file: string): readonly Element[] {
  const text = withoutDeclaration(written);
  const checked = XMLValidator.validate(text);
  if (checked !== true) throw corrupt({ file, line: checked.err.line }, `is no XML: ${checked.err.msg.replace(/\.$/, "")}; mend it there`);
  try {
    const lineAt = createLineCounter(text);
    return elementsOf(parser.parse(text) as readonly Node[], (offset) => ({ file, line: lineAt(offset) }));
  } catch (cause) {
    throw new AgentError("model.corrupt", `${file}: is no XML: ${cause instanceof Error ? cause.message : cause}; mend the file`, {
      cause,
    });
  }
}

/** A declaration behind an empty line or a comment is against the rule, and everybody reads it; lines stay where they are. */
const withoutDeclaration = (text: string): string =>
  text.replace(/^\uFEFF/, "").replace(/<\?xml[^>]*\?>/, (found) => found.replaceAll(/[^\n]/g, " "));

export const corrupt = ({ file, line }: Place, why: string): AgentError =>
  new AgentError("model.corrupt", `${file}${line > 0 ? `:${line}` : ""}: ${why}`);

function elementsOf(nodes: readonly Node[], placeOf: (offset: number) => Place): readonly Element[] {
  return nodes.flatMap((node) => {
    const tag = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
    if (tag === "" || tag.startsWith("#") || tag.startsWith("?")) return [];
    const place = placeOf((node[PLACE] as { readonly startIndex: number }).startIndex);
    const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, unknown>).map(([key, value]) => [key, String(value)]);
    const children = Array.isArray(node[tag]) ? elementsOf(node[tag] as readonly Node[], placeOf) : [];
    return [{ tag, attributes: Object.fromEntries(attributes) as Record<string, string>, children, place }];
  });
}

/** Offsets must not go back. */
function createLineCounter(text: string): (offset: number) => number {
  let [line, seen] = [1, 0];
  return (offset) => {
    for (; seen < offset; seen++) if (text[seen] === "\n") line++;
    return line;
  };
}

/** One element a line; `places[n - 1]` is where line n was written. */
export function writeXml(root: Element): { readonly text: string; readonly places: readonly Place[] } {
  const lines: string[] = [];
  const places: Place[] = [];
  const put = (text: string, place: Place): void => {
    lines.push(text);
    places.push(place);
  };
  const write = ({ tag, attributes, children, place }: Element): void => {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
    put(`<${tag}${written.join("")}${children.length === 0 ? "/" : ""}>`, place);
    children.forEach(write);
    if (children.length > 0) put(`</${tag}>`, place);
  };
  write(root);
  return { text: lines.join("\n"), places };
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (value: string): string => value.replaceAll(/[&<>"]/g, (each) => ENTITIES[each]!);

/** An element that stands in no file. */
export const element = (
  tag: string,
  attributes: Readonly<Record<string, string>>,
  place: Place,
  children: readonly Element[] = [],
): Element => ({
  tag,
  attributes,
  children,
  place,
});

export const childOf = ({ children }: Element, tag: string): Element | undefined => children.find((child) => child.tag === tag);

/** All elements below, parents before children. */
export const descendants = ({ children }: Element): readonly Element[] => children.flatMap((child) => [child, ...descendants(child)]);

export function withAttributes(of: Element, changes: Readonly<Record<string, string | undefined>>): Element {
  const kept = Object.entries({ ...of.attributes, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...of, attributes: Object.fromEntries(kept) };
}

/** Numbers of an attribute such as "0 0 1"; null where it is absent. */
export const numbersOf = ({ attributes }: Element, name: string): readonly number[] | null =>
  attributes[name] === undefined ? null : attributes[name].trim().split(/\s+/).map(Number);
