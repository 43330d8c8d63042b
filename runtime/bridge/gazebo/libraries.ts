/** The two packages that the Gazebo bridge needs and the rest of the product does not: loaded when first asked for. */
import { AgentError } from "../../core/errors.ts";

export type ZeroMq = typeof import("zeromq");
export type Protobuf = typeof import("@bufbuild/protobuf");
export type ProtobufWellKnown = typeof import("@bufbuild/protobuf/wkt");

export const loadZeroMq = (): Promise<ZeroMq> => load("zeromq", () => import("zeromq"));
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
