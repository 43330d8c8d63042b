/** Preloaded before the command line: whatever is asked for waits for what never comes. */
import { Command } from "commander";

Command.prototype.parseAsync = () => new Promise(() => {});
