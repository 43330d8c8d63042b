/** Where models compute, in a launch file: a provider of ONNX Runtime here, or an inference server that plans while the small networks stay here. */
import * as z from "zod";
import { about, ENV_REFERENCE, pemFile } from "./schema-terms.ts";

const here = z
  .enum(["auto", "cpu", "webgpu", "cuda", "tensorrt"])
  .meta(about("Where ONNX Runtime computes; falls back to cpu and says why"));

const server = z
  .strictObject({
    server: z
      .string()
      .regex(
        /^(https?|grpcs?):\/\/[^/?#@\s]+(\/[^?#\s]*)?$/,
        "http://, https://, grpc:// or grpcs://, a host and a port, without a password",
      )
      .meta(
        about(
          "Where it is, such as http://gpu-box:8000: one of foresight serve, or any that speaks the Open Inference Protocol, version 2",
        ),
      ),
    token: z
      .string()
      .min(16)
      .max(256)
      .optional()
      .meta(about(`Shown to the server as a bearer, at least 16 characters; write ${ENV_REFERENCE}`)),
    caFile: pemFile("Authority that signed the server's certificate, where it is no public one"),
    certFile: pemFile("Our own certificate"),
    keyFile: pemFile("The key of that certificate"),
    deadlineMs: z
      .number()
      .min(5)
      .max(10_000)
      .default(80)
      .meta(about("A plan that has not come by then is made in this computer, in the same decision [ms]")),
  })
  .meta(about("Plans on an inference server; in this computer whenever that one is gone or late"));

export const providerSchema = z
  .union([here, server])
  .default("auto")
  .meta(about("Where models compute: in this computer, or the plans on an inference server"));

export type ProviderSection = z.output<typeof providerSchema>;
