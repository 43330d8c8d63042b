/** `model.provider`: a provider here, or an inference server, without secrets in the clear. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { providerProblems } from "../../../launch/config/check-provider.ts";
import { providerSchema } from "../../../launch/config/schema-provider.ts";

const TOKEN = "0123456789abcdef";
const problemsOf = (provider: unknown) => providerProblems(providerSchema.parse(provider)).map(({ message }) => message);

test("nothing is written: the best provider of this computer", () => {
  assert.equal(providerSchema.parse(undefined), "auto");
});

test("a server on this machine may be shown a token over plain HTTP, another machine's may not", () => {
  for (const server of ["http://localhost:8000", "http://127.0.0.1:8000", "grpc://[::1]:8001", "https://gpu-box", "grpcs://gpu-box:8001"])
    assert.deepEqual(problemsOf({ server, token: TOKEN }), [], server);
  for (const server of ["http://gpu-box:8000", "grpc://10.0.0.3:8001", "http://localhost.evil:8000"])
    assert.match(problemsOf({ server, token: TOKEN })[0] ?? "", /in the clear; use https:\/\/ or grpcs:\/\//, server);
  assert.deepEqual(problemsOf({ server: "http://gpu-box:8000" }), []);
});

test("a certificate and its key go together", () => {
  assert.match(problemsOf({ server: "https://gpu-box", certFile: "a.pem" })[0] ?? "", /go together/);
});

for (const server of ["gpu-box:8000", "ftp://gpu-box", "http://user:secret@gpu-box", "http://gpu-box/?a=1", "http://"])
  test(`${server} is no address of a server`, () => {
    assert.equal(providerSchema.safeParse({ server }).success, false);
  });
