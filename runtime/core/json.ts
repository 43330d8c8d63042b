/** JSON as we take it from files: no deeper than people write it, no key twice, since of two the last would win without a word, and none that a copy of the object would drop. */

export const JSON_DEPTH_MAX = 64;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

/** Throws SyntaxError. */
export function parseJson(text: string): unknown {
  checkStructure(text); // Before it is parsed: what is nested too deep would overflow the stack of whoever walks it.
  return JSON.parse(text) as unknown;
}

function checkStructure(text: string): void {
  const open: (Set<string> | null)[] = []; // The keys of each object that is open, null for a list.
  let string = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") {
      open.push(token === "{" ? new Set() : null);
      if (open.length > JSON_DEPTH_MAX) throw new SyntaxError(`lists and mappings are nested more than ${JSON_DEPTH_MAX} deep`);
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ":") note(string, open.at(-1));
    string = token;
  }
}

function note(string: string, keys: Set<string> | null | undefined): void {
  if (!keys || !string.startsWith('"')) return; // JSON.parse will say what is wrong with it.
  const key = JSON.parse(string) as string;
  if (keys.has(key)) throw new SyntaxError(`the key "${key}" is there twice`);
  if (key === "__proto__") throw new SyntaxError(`the key "${key}" means something else in JavaScript and nothing here; remove it`);
  keys.add(key);
}
