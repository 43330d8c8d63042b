/** The two packages that the Gazebo bridge needs and the rest of the product does not: loaded when first asked for. */
import { AgentError } from "../../core/errors.ts";

type ZeroMqModule = typeof import("zeromq");
/** The module, and the context that our sockets live in. */
export interface ZeroMq extends Pick<ZeroMqModule, "Router" | "Subscriber" | "XPublisher"> {
  readonly context: import("zeromq").Context;
}
export type Protobuf = typeof import("@bufbuild/protobuf");
export type ProtobufWellKnown = typeof import("@bufbuild/protobuf/wkt");

let zeroMq: Promise<ZeroMq> | undefined;

/** A context of our own: at its end the process waits for what the sockets' linger says, not for ever. */
export function loadZeroMq(): Promise<ZeroMq> {
  zeroMq ??= load("zeromq", async () => {
    const { Router, Subscriber, XPublisher, Context } = await import("zeromq");
    return { Router, Subscriber, XPublisher, context: new Context({ blocky: false }) };
  });
  return zeroMq;
}

export const loadProtobuf = (): Promise<Protobuf> => load("@bufbuild/protobuf", () => import("@bufbuild/protobuf"));
export const loadProtobufWellKnown = (): Promise<ProtobufWellKnown> => load("@bufbuild/protobuf", () => import("@bufbuild/protobuf/wkt"));

/** Runs the import; a failure becomes AgentError `bridge.missing` that says what to install. */
export async function load<T>(name: string, importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (cause) {
    const missing = (cause as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
    const found = missing ? "is not installed" : `does not load (${(cause as Error).message.split("\n")[0]})`;
    throw new AgentError(
      "bridge.missing",
      `package "${name}" ${found}; the Gazebo bridge needs it: npm install zeromq @bufbuild/protobuf`,
      {
        cause,
      },
    );
  }
}
