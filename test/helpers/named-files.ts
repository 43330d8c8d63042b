/** The styles, scripts and pictures that a page of ours names, from its root: "/style.css". */
export const namedFiles = (html: string): readonly string[] => [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path!);
