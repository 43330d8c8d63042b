/** What a launch file may say about MQTT. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { base, files, problemsOf } from "./launch-files.ts";

const TOKEN = "0123456789abcdef";

test("mqtt alone is an embedded broker on loopback, the robot's name, and an operator", () => {
  const { mqtt } = loadLaunch(files({ "a.yaml": `${base}mqtt: {}\n` }));
  assert.deepEqual(mqtt, {
    site: "local",
    robot: null,
    broker: { kind: "embedded", host: "127.0.0.1", port: 1883 },
    commanders: {},
    linkLoss: "finish",
    lifecycle: "auto",
    telemetryMs: 200,
    thumbnailMs: null,
  });
  assert.equal(loadLaunch(files({ "a.yaml": base })).mqtt, undefined);
});

test("files of certificates count from the launch file that names them", () => {
  const path = files({
    "a.yaml": `${base}mqtt: { broker: { kind: external, url: "mqtts://b", caFile: ./ca.pem, certFile: ./left.pem, keyFile: ../left.key } }\n`,
  });
  const { mqtt } = loadLaunch(path);
  assert.ok(mqtt?.broker.kind === "external");
  const { caFile, keyFile } = mqtt.broker;
  assert.deepEqual([caFile, keyFile], [join(dirname(path), "ca.pem"), join(dirname(path), "../left.key")]);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ["a site with a wildcard", "{ site: '+' }", /mqtt\.site: "\+": 1 to 64 letters/],
  ["a robot of two levels", "{ robot: a/b }", /mqtt\.robot: "a\/b"/],
  [
    "an embedded broker that others could reach",
    "{ broker: { kind: embedded, host: 0.0.0.0 } }",
    /mqtt\.broker\.host: "0\.0\.0\.0" is not possible/,
  ],
  [
    "a commander without a token at the embedded broker",
    "{ commanders: { fleet: { token: null } } }",
    /commanders\.fleet\.token: the embedded broker knows nobody/,
  ],
  ["a commander who leaves the question open", "{ commanders: { fleet: {} } }", /mqtt\.commanders\.fleet\.token: missing/],
  [
    "a short token",
    "{ commanders: { fleet: { token: short } } }",
    /commanders\.fleet\.token: the value that is not shown here given; at least 16/,
  ],
  ["a password in the address", "{ broker: { kind: external, url: 'mqtt://a:b@c' } }", /mqtt\.broker\.url: .*without a password/],
  ["an address of something else", "{ broker: { kind: external, url: 'http://c' } }", /mqtt\.broker\.url/],
  [
    "a token in the clear over a network",
    `{ broker: { kind: external, url: 'mqtt://broker.plant' }, commanders: { fleet: { token: ${TOKEN} } } }`,
    /mqtt\.broker\.url: mqtt:\/\/broker\.plant would carry the password and tokens in the clear; use mqtts/,
  ],
  [
    "a certificate without its key",
    "{ broker: { kind: external, url: 'mqtts://c', certFile: /a.pem } }",
    /certFile: a certificate and its key go together/,
  ],
  ["a password without a user", `{ broker: { kind: external, url: 'mqtts://c', password: ${TOKEN} } }`, /mqtt\.broker\.username: missing/],
];
for (const [what, text, problem] of refused) {
  test(`${what} is refused`, () => assert.match(problemsOf(`${base}mqtt: ${text}\n`).join("\n"), problem));
}

test("in the clear without any secret, or on loopback, is for the person to choose", () => {
  assert.deepEqual(
    problemsOf(`${base}mqtt: { broker: { kind: external, url: 'mqtt://broker.plant' }, commanders: { fleet: { token: null } } }\n`),
    [],
  );
  assert.deepEqual(
    problemsOf(`${base}mqtt: { broker: { kind: external, url: 'mqtt://127.0.0.1:1' }, commanders: { fleet: { token: ${TOKEN} } } }\n`),
    [],
  );
});
