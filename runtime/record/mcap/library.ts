/** Who wrote a file, by its header: nothing else is ever replaced. */
export const LIBRARY = "foresight";
