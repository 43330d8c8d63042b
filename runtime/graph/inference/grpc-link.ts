/** A server spoken to over gRPC: the same requests, tensors as raw bytes. */
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import * as z from "zod";
import { objections } from "../../core/objections.ts";
import { ANSWER_BYTES_MAX, type InferenceLink, LinkError, MODEL_CONFIG, MODEL_FILE, type ServerAccess } from "./link.ts";
import { bytesOf, datatypeOf, portOf, tensorHead, tensorOf } from "./tensors.ts";

const ready = z.object({ ready: z.boolean() });
const description = z.object({ inputs: z.array(tensorHead).max(64), outputs: z.array(tensorHead).max(64) });
const inferred = z.object({ outputs: z.array(tensorHead).max(64), raw_output_contents: z.array(z.instanceof(Uint8Array)).max(64) });
const loaded = z.object({});

const KINDS: Readonly<Partial<Record<grpc.status, LinkError["kind"]>>> = {
  [grpc.status.UNAVAILABLE]: "unreachable",
  [grpc.status.DEADLINE_EXCEEDED]: "unreachable",
  [grpc.status.CANCELLED]: "unreachable",
  [grpc.status.RESOURCE_EXHAUSTED]: "busy",
};

export function openGrpcLink({ url, token, ca, cert, key }: ServerAccess): InferenceLink {
  const { protocol, host } = new URL(url);
  const secure = protocol === "grpcs:";
  const credentials = secure ? grpc.credentials.createSsl(ca ?? null, key ?? null, cert ?? null) : grpc.credentials.createInsecure();
  const client = new (serviceOf())(host, credentials, {
    "grpc.max_receive_message_length": ANSWER_BYTES_MAX,
    "grpc.max_send_message_length": ANSWER_BYTES_MAX,
    // A server that died is found again by the next attempt, not after gRPC's own long pauses: the circuit bounds how often.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
  });

  const ask = <T>(method: string, request: object, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const metadata = new grpc.Metadata();
      if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
      const cancel = (): void => call.cancel();
      const call: grpc.ClientUnaryCall = client[method]!(request, metadata, (error: grpc.ServiceError | null, answer: unknown) => {
        signal.removeEventListener("abort", cancel);
        if (signal.aborted) return reject(signal.reason);
        if (error) return reject(new LinkError(KINDS[error.code] ?? "refused", error.details || error.message, { cause: error }));
        const parsed = schema.safeParse(answer);
        if (parsed.success) resolve(parsed.data);
        else reject(new LinkError("refused", `its answer cannot be read: ${objections(parsed.error)}`));
      });
      signal.addEventListener("abort", cancel, { once: true });
    });

  return {
    async isReady(model, signal) {
      try {
        return (await ask("ModelReady", { name: model }, ready, signal)).ready;
      } catch (error) {
        if (error instanceof LinkError && (error.cause as grpc.ServiceError | undefined)?.code === grpc.status.NOT_FOUND) return false;
        throw error;
      }
    },
    async describe(model, signal) {
      const { inputs, outputs } = await ask("ModelMetadata", { name: model }, description, signal);
      return readable(() => ({ inputs: inputs.map(portOf), outputs: outputs.map(portOf) }));
    },
    async load(model, bytes, signal) {
      const parameters = { config: { string_param: MODEL_CONFIG }, [MODEL_FILE]: { bytes_param: bytes } };
      await ask("RepositoryModelLoad", { model_name: model, parameters }, loaded, signal);
    },
    async infer(model, feeds, outputs, signal) {
      const tensors = Object.entries(feeds);
      const request = {
        model_name: model,
        inputs: tensors.map(([name, { dtype, shape }]) => ({ name, datatype: datatypeOf(dtype), shape })),
        outputs: outputs.map((name) => ({ name })),
        raw_input_contents: tensors.map(([, tensor]) => bytesOf(tensor)),
      };
      const answer = await ask("ModelInfer", request, inferred, signal);
      return readable(() =>
        Object.fromEntries(answer.outputs.map((head, i) => [head.name, tensorOf(head, answer.raw_output_contents[i] ?? new Uint8Array())])),
      );
    },
    async [Symbol.asyncDispose]() {
      client.close();
    },
  };
}

type Methods = grpc.Client & Record<string, (...parts: unknown[]) => grpc.ClientUnaryCall>;

function serviceOf(): new (...parts: ConstructorParameters<typeof grpc.Client>) => Methods {
  const file = fileURLToPath(new URL("./open-inference.proto", import.meta.url));
  const root = grpc.loadPackageDefinition(loadSync(file, { keepCase: true, longs: String, defaults: true, arrays: true }));
  const { GRPCInferenceService } = root["inference"] as grpc.GrpcObject;
  return GRPCInferenceService as unknown as ReturnType<typeof serviceOf>;
}

function readable<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new LinkError("refused", `its answer cannot be read: ${(cause as Error).message}`, { cause });
  }
}
