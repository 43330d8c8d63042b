/** The page as the second face of a conversation: the same words, and buttons for the answers. */
import { filter, firstValueFrom, fromEvent, takeUntil } from "rxjs";
import type { Face } from "../talk.ts";
import type { DeskPage } from "./page.ts";

const AT_WORK = "Wait a moment.";

export function pageFace(page: Pick<DeskPage, "show" | "say" | "presses">): Face {
  let asked = 0;
  return {
    say: (text) => page.say(text),
    see: (joints) => page.show({ joints }),
    async ask({ kind, text }, signal) {
      const [agrees, declines] = [`agree-${++asked}`, `decline-${asked}`]; // A press that comes late answers nothing else.
      const buttons = [
        { key: agrees, label: kind === "yes" ? "Yes" : "Done, go on", onSpace: false },
        ...(kind === "yes" ? [{ key: declines, label: "No", onSpace: false }] : []),
      ];
      signal.throwIfAborted();
      page.show({ step: text, buttons });
      try {
        const pressed = page.presses.pipe(filter((key) => key === agrees || key === declines));
        return (await firstValueFrom(pressed.pipe(takeUntil(fromEvent(signal, "abort"))))) === agrees;
      } finally {
        page.show({ buttons: [], step: AT_WORK });
      }
    },
  };
}
