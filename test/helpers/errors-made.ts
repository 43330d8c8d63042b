/** Every AgentError that this process makes, from now on: whoever reads them all can say what people are told. */
import { AgentError } from "../../runtime/core/errors.ts";

export function errorsMade(): readonly AgentError[] {
  const made: AgentError[] = [];
  // The constructor gives each its name last: a setter on the prototype is told of every one of them.
  Object.defineProperty(AgentError.prototype, "name", {
    configurable: true,
    set(this: AgentError, value: string) {
      Object.defineProperty(this, "name", { value, writable: true, configurable: true });
      made.push(this);
    },
  });
  return made;
}
