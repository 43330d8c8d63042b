/** MJCF as fast-xml-parser's builder takes it: attributes are keys with "@". */
export interface Element {
  readonly [name: string]: string | Element | readonly Element[];
}

export const numbers = (values: readonly number[]): string => values.map(String).join(" ");
