/** JSON as we take it from files: no deeper than people write it, no key twice, since of two the last would win without a word, and none that a copy of the object would drop. */

export const JSON_DEPTH_MAX = 64;

const [QUOTE, BACKSLASH] = ['"'.charCodeAt(0), "\\".charCodeAt(0)];

/** Throws SyntaxError. */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text) as unknown; // Does not recurse: what is nested too deep would overflow the stack of whoever walks it.
  checkStructure(text);
  return value;
}

/** Of text that is JSON, so every string in it ends. In one pass: a regular expression takes minutes for text that is made for it. */
function checkStructure(text: string): void {
  const open: (Set<string> | null)[] = []; // The keys of each object that is open, null for a list.
  let string = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      string = text.slice(at, end);
      at = end - 1;
    } else if (character === "{" || character === "[") {
      open.push(character === "{" ? new Set() : null);
      if (open.length > JSON_DEPTH_MAX) throw new SyntaxError(`lists and mappings are nested more than ${JSON_DEPTH_MAX} deep`);
    } else if (character === "}" || character === "]") open.pop();
    else if (character === ":") note(JSON.parse(string) as string, open.at(-1)!);
  }
}

function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

function note(key: string, keys: Set<string>): void {
  if (keys.has(key)) throw new SyntaxError(`the key "${key.slice(0, KEY_SHOWN_MAX)}" is there twice`);
  if (key === "__proto__") throw new SyntaxError(`the key "${key}" means something else in JavaScript and nothing here; remove it`);
  keys.add(key);
}

const KEY_SHOWN_MAX = 100;
