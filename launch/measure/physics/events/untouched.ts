import { anywhere, type PhysicsEvent } from "../event.ts";

/** Nothing happens: the two films are the same, and whoever tells them apart is wrong. */
export const untouched: PhysicsEvent = { property: "nothing", what: "untouched", occasion: anywhere, begin: () => () => [] };
