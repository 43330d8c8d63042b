/** Certificates for one test run, made with openssl: an authority, a server, and clients by name; gone with their folder. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates extends Disposable {
  readonly folder: string;
  readonly caFile: string;
  /** Files of a key and its certificate, signed by the authority. */
  client(name: string): { readonly certFile: string; readonly keyFile: string };
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "foresight-mqtt-"));
  const at = (file: string): string => join(folder, file);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=foresight test authority", "-keyout", "ca.key", "-out", "ca.pem");
  const sign = (name: string, extensions: string): { certFile: string; keyFile: string } => {
    openssl("req", ...key, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    writeFileSync(at(`${name}.ext`), extensions);
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-out", `${name}.pem`);
    return { certFile: at(`${name}.pem`), keyFile: at(`${name}.key`) };
  };
  sign("server", "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  return {
    folder,
    caFile: at("ca.pem"),
    client: (name) => sign(name, "extendedKeyUsage=clientAuth\n"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
