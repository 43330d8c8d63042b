/** Tests for secrets.ts: what comes from the environment, and is never shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadLaunch } from "../../../launch/config/load.ts";
import { withoutSecrets } from "../../../launch/config/secrets.ts";
import { base, files, problems, problemsOf } from "./launch-files.ts";

const ENV_TOKEN = "$" + "{env:TOKEN}";
const secret = "0123456789abcdef-secret";

test("a secret comes from the environment and is not shown again", () => {
  const config = loadLaunch(files({ "a.yaml": `${base}dashboard: { token: "${ENV_TOKEN}" }\n` }), [], { TOKEN: secret });
  assert.equal(config.dashboard.token, secret);
  assert.equal(withoutSecrets(config).dashboard.token, "(secret)");
  assert.equal(config.dashboard.token, secret, "the configuration itself is not changed");
});

test("no message ever contains a secret", () => {
  const path = files({ "a.yaml": `${base}dashboard: { token: "${ENV_TOKEN}" }\n` });
  const texts = [
    problems(path, ["planner.samples:=1"], { TOKEN: secret }),
    problems(path, [], { TOKEN: "short-secret" }),
    problems(path, [`dashboard.token:=[${secret}]`]),
    problems(path, ["dashboard.token:=1234"]),
    problems(path, [`dashboard.tokn:=${secret}`]),
    problems(path, [`dashboard.token=${secret}`]),
    problems(path, [`dashboard.token:=[${secret}`]),
  ];
  for (const lines of texts) {
    assert.ok(lines.length > 0);
    assert.doesNotMatch(lines.join("\n"), /cdef-secret|short-secret|1234/);
  }
  assert.deepEqual(problems(path, [], { TOKEN: "short" }), [
    "a.yaml:10: dashboard.token: the value that is not shown here given; at least 16 characters",
  ]);
});

test("a secret that is not set, not whole or not in its place is refused", () => {
  assert.deepEqual(problemsOf(`${base}dashboard: { token: "${ENV_TOKEN}" }\n`), [
    "a.yaml:10: dashboard.token: environment variable TOKEN is not set; set it or remove the key",
  ]);
  assert.deepEqual(problemsOf(`${base}dashboard: { token: "x-${ENV_TOKEN}" }\n`), [
    `a.yaml:10: dashboard.token: is not a whole reference of the form ${ENV_TOKEN.replace("TOKEN", "NAME")}`,
  ]);
  assert.match(
    problems(files({ "a.yaml": base.replace("robot: panda", `robot: "${ENV_TOKEN}"`) }), [], { TOKEN: secret })[0] ?? "",
    /robot: \$\{env:TOKEN\} is not replaced here; only dashboard\.token, model\.provider\.token, mqtt\.broker\.password, mqtt\.commanders\.\*\.token, foxglove\.token, fleet\.page\.token can come from the environment/,
  );
});

test("secrets under any name are filled in, and hidden from whoever is shown the configuration", () => {
  const mqtt = `mqtt: { broker: { kind: external, url: "mqtts://b:8883", username: left, password: "${ENV_TOKEN}" }, commanders: { fleet: { token: "${ENV_TOKEN}" }, vouched: { token: null } } }`;
  const config = loadLaunch(files({ "a.yaml": `${base}${mqtt}\n` }), [], { TOKEN: secret });
  assert.deepEqual(config.mqtt?.commanders, { fleet: { token: secret }, vouched: { token: null } });
  assert.ok(config.mqtt?.broker.kind === "external" && config.mqtt.broker.password === secret);
  assert.doesNotMatch(JSON.stringify(withoutSecrets(config)), new RegExp(secret));
  assert.match(JSON.stringify(config), new RegExp(secret));
});
