/** What `mqtt` must satisfy beyond its schema: no secret in the clear, no half of a certificate, nobody unknown at our own broker. */
import type { Problem } from "./problem.ts";
import type { MqttSection } from "./schema-mqtt.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function mqttProblems(mqtt: MqttSection | undefined): readonly Problem[] {
  if (!mqtt) return [];
  const { broker, commanders } = mqtt;
  const at = (key: string) => ["mqtt", "broker", key];
  if (broker.kind === "embedded") {
    return Object.entries(commanders).flatMap(([name, { token }]) =>
      token === null
        ? [{ path: ["mqtt", "commanders", name, "token"], message: "the embedded broker knows nobody but by a token; give one" }]
        : [],
    );
  }
  const { url, certFile, keyFile, username, password } = broker;
  const { protocol, hostname } = new URL(url);
  const isOpen = (protocol === "mqtt:" || protocol === "ws:") && !LOOPBACK.test(hostname);
  const hasSecret = password !== undefined || Object.values(commanders).some(({ token }) => token !== null);
  return [
    ...(isOpen && hasSecret
      ? [{ path: at("url"), message: `${protocol}//${hostname} would carry the password and tokens in the clear; use mqtts:// or wss://` }]
      : []),
    ...((certFile === null) !== (keyFile === null)
      ? [{ path: at("certFile"), message: "a certificate and its key go together; give both" }]
      : []),
    ...(password !== undefined && username === undefined ? [{ path: at("username"), message: "missing; a password needs one" }] : []),
  ];
}
