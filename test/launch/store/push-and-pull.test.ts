/** What is pulled is what was pushed, to the last byte, or nothing takes a place; interrupted, the same command goes on. */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { itemName, PART_BYTES, partName, versionName } from "../../../launch/store/item.ts";
import { openStore } from "../../../launch/store/open-store.ts";
import { pull } from "../../../launch/store/pull.ts";
import { push } from "../../../launch/store/push.ts";
import type { Store } from "../../../launch/store/store.ts";
import { packageRoot } from "../../../runtime/core/package-root.ts";
import { createRng } from "../../../runtime/core/rng.ts";
import { sha256 } from "../../../runtime/core/sha256.ts";

const folder = mkdtempSync(join(tmpdir(), "foresight-store-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);
const REACH = join(packageRoot, "robots/panda/world-models/reach");
const never = new AbortController().signal;
const io = { progress: () => {}, signal: never };
let stores = 0;
const newStore = (): Promise<Store> => openStore(at(`store-${stores++}`));

/** A recording of three parts; the last is short. */
function recording(name: string): { readonly path: string; readonly bytes: Uint8Array } {
  const rng = createRng(5);
  const bytes = Uint8Array.from({ length: 2 * PART_BYTES + 1000 }, () => Math.floor(rng.uniform() * 256));
  bytes.set([0x89, ...Buffer.from("MCAP0\r\n")]);
  writeFileSync(at(name), bytes);
  return { path: at(name), bytes };
}
const run = recording("run.mcap");

/** A store that passes on to another one, and ends at the n-th part. */
const breaking = (store: Store, verb: "get" | "add", parts: number): Store => {
  let left = parts;
  const strike = (name: string): void => {
    if (name.startsWith("part-") && left-- === 0) throw new Error("the line is cut");
  };
  return {
    has: (...of) => store.has(...of),
    async get(name, ...rest) {
      if (verb === "get") strike(name);
      return store.get(name, ...rest);
    },
    async add(name, ...rest) {
      if (verb === "add") strike(name);
      return store.add(name, ...rest);
    },
  };
};

test("a recording in parts comes back as it was, into a new folder that says where it is from", async () => {
  const store = await newStore();
  const pushed = await push(store, run.path, undefined, io);
  assert.deepEqual([pushed.name, pushed.version, pushed.kind, pushed.sentBytes], ["run", 1, "recording", run.bytes.length]);
  const pulled = await pull(store, { name: "run", to: at("back") }, io);
  assert.equal(pulled.kept, null);
  assert.deepEqual(readdirSync(at("back")).sort(), ["pulled.json", "run.mcap"]);
  assert.ok(readFileSync(at("back", "run.mcap")).equals(run.bytes));
  assert.equal(JSON.parse(readFileSync(at("back", "pulled.json"), "utf8")).id, pushed.id);
});

test("what is called a recording and is none is not pushed, and where somebody pushed it, it takes no place", async () => {
  const store = await newStore();
  writeFileSync(at("notes.mcap"), "notes of mine");
  await assert.rejects(push(store, at("notes.mcap"), undefined, io), {
    code: "launch.invalid",
    message: /notes\.mcap: it is no MCAP file; /,
  });
  const notes = Buffer.from("notes of mine");
  await store.add(partName(sha256(notes)), notes, never);
  const item = async (name: string, files: readonly { readonly name: string }[]): Promise<void> => {
    const whole = files.map((file) => ({ ...file, bytes: notes.length, parts: [sha256(notes)] }));
    const text = Buffer.from(JSON.stringify({ format: 1, kind: "recording", files: whole }));
    await store.add(itemName(sha256(text)), text, never);
    await store.add(versionName(name, 1), Buffer.from(sha256(text)), never);
  };
  await item("none", [{ name: "notes.mcap" }]);
  await assert.rejects(pull(store, { name: "none", to: at("notes") }, io), { code: "launch.invalid", message: /it is no MCAP file/ });
  await item("marker", [{ name: "pulled.json" }]);
  await assert.rejects(pull(store, { name: "marker", to: at("notes") }, io), {
    code: "data.corrupt",
    message: /pulled\.json is what a pull writes itself/,
  });
  await item("two", [{ name: "a.mcap" }, { name: "b.mcap" }]);
  await assert.rejects(pull(store, { name: "two", to: at("notes") }, io), {
    code: "data.corrupt",
    message: /a recording is one \.mcap file/,
  });
  assert.equal(existsSync(at("notes")), false);
});

test("a push that was cut off sends what is missing, and only then is there a version", async () => {
  const store = await newStore();
  await assert.rejects(push(breaking(store, "add", 1), run.path, "run", io), { message: "the line is cut" });
  await assert.rejects(pull(store, { name: "run", to: at("none") }, io), { code: "data.missing", message: /nothing of that name/ });
  const { version, sentBytes, bytes } = await push(store, run.path, "run", io);
  assert.deepEqual([version, bytes - sentBytes], [1, PART_BYTES]);
});

test("a pull that was cut off leaves the place as it was, and goes on from the files that are whole", async () => {
  const store = await newStore();
  await push(store, REACH, "reach", io);
  mkdirSync(at("model"));
  await assert.rejects(pull(store, { name: "reach", to: at("cut") }, { ...io, signal: AbortSignal.abort(new Error("enough")) }));
  await assert.rejects(pull(breaking(store, "get", 2), { name: "reach", to: at("cut") }, io), { message: "the line is cut" });
  assert.equal(existsSync(at("cut")), false);
  let asked = 0;
  const counting: Store = { ...store, get: (name, ...rest) => store.get(name, ...rest).finally(() => asked++) };
  await pull(counting, { name: "reach", to: at("cut") }, io);
  const files = readdirSync(at("cut")).filter((name) => name !== "pulled.json");
  assert.ok(asked - 2 < files.length + 1, `${asked} requests`);
  for (const file of files) assert.ok(readFileSync(at("cut", file)).equals(readFileSync(join(REACH, file))), file);
});

test("a draft whose note of what it is was damaged is begun anew", async () => {
  const store = await newStore();
  await push(store, REACH, "reach", io);
  for (const note of ["", "null", "{", Buffer.alloc(20_000, 0xff)]) {
    await assert.rejects(pull(breaking(store, "get", 2), { name: "reach", to: at("noted") }, io), { message: "the line is cut" });
    writeFileSync(at("noted.pulling", "pulled.json"), note);
    await pull(store, { name: "reach", to: at("noted") }, io);
    rmSync(at("noted"), { recursive: true });
  }
});

test("each change is a version, the same again is none, and one rolls back to the version before; what was there is kept", async () => {
  const store = await newStore();
  cpSync(REACH, at("mine"), { recursive: true });
  assert.equal((await push(store, at("mine"), undefined, io)).version, 1);
  assert.equal((await push(store, at("mine"), undefined, io)).version, 1);
  writeFileSync(at("mine", "README.md"), "another card\n");
  const second = await push(store, at("mine"), undefined, io);
  assert.deepEqual([second.version, second.sentBytes], [2, "another card\n".length]);
  await pull(store, { name: "mine", to: at("robot") }, io);
  assert.equal(readFileSync(at("robot", "README.md"), "utf8"), "another card\n");
  assert.ok(existsSync(at("robot", "sights.json")), "what the page shows of its imagination comes with it");
  const { kept, version } = await pull(store, { name: "mine", to: at("robot"), back: 1 }, io);
  assert.deepEqual([kept, version], [at("robot.kept-1"), 1]);
  assert.ok(readFileSync(at("robot", "README.md")).equals(readFileSync(join(REACH, "README.md"))));
  assert.equal(readFileSync(at("robot.kept-1", "README.md"), "utf8"), "another card\n");
  await assert.rejects(pull(store, { name: "mine", to: at("robot"), back: 2 }, io), { code: "data.missing", message: /2 versions of it/ });
  await assert.rejects(pull(store, { name: "mine", to: at("robot"), at: 7 }, io), {
    code: "data.missing",
    message: /no version 7 of it; give one up to 2, the newest/,
  });
});

test("what was changed in the store is not believed, and nothing takes the place", async () => {
  await push(await openStore(at("bad")), run.path, "run", io);
  for (const name of readdirSync(at("bad"))) if (name.startsWith("part-")) writeFileSync(at("bad", name), "changed");
  await assert.rejects(pull(await openStore(at("bad")), { name: "run", to: at("never") }, io), {
    code: "data.corrupt",
    message: /a part of it in the store was changed/,
  });
  const item = readdirSync(at("bad")).find((name) => name.startsWith("item-"))!;
  writeFileSync(at("bad", item), JSON.stringify({ format: 1, kind: "recording", files: [{ name: "../../evil", bytes: 0, parts: [] }] }));
  await assert.rejects(pull(await openStore(at("bad")), { name: "run", to: at("never") }, io), {
    code: "data.corrupt",
    message: /is not what was pushed/,
  });
  assert.equal(existsSync(at("never")), false);
});

test("an item that is named by its own hash and is none is refused in words, as is a place that cannot be exchanged", async () => {
  const store = await newStore();
  for (const text of [
    "no JSON",
    '{"format": 1, "format": 1}',
    "null",
    '{"format":1,"kind":"model","files":[{"name":"..","bytes":0,"parts":[]}]}',
  ]) {
    const id = sha256(text);
    await store.add(itemName(id), Buffer.from(text), never);
    await store.add(versionName(`bad-${id.slice(0, 8)}`, 1), Buffer.from(id), never);
    await assert.rejects(pull(store, { name: `bad-${id.slice(0, 8)}`, to: at("never") }, io), {
      code: "data.corrupt",
      message: /the item .* is not what was pushed \(.+\); push it again/,
    });
  }
  await push(store, REACH, "reach", io);
  writeFileSync(at("held.pulling"), "a file of the user's");
  await assert.rejects(pull(store, { name: "reach", to: at("held") }, io), {
    code: "data.corrupt",
    message: /held\.pulling: cannot be used as a pull/,
  });
  if (process.platform === "linux")
    await assert.rejects(pull(store, { name: "reach", to: "/proc" }, io), { code: "data.corrupt", message: /something is mounted there/ });
  assert.equal(existsSync(at("never")), false);
});

test("a link stays one: the folder that it leads to is exchanged", async () => {
  const store = await newStore();
  await push(store, REACH, "reach", io);
  await pull(store, { name: "reach", to: at("real") }, io);
  symlinkSync(at("real"), at("link"));
  const { kept } = await pull(store, { name: "reach", to: at("link") }, io);
  assert.equal(kept, at("real.kept-1"));
  assert.ok(lstatSync(at("link")).isSymbolicLink() && existsSync(at("link", "model.json")));
});

test("a place that holds something else is left as it is, and so is what is no item, no store and no name", async () => {
  const store = await newStore();
  await push(store, REACH, "reach", io);
  mkdirSync(at("letters"));
  writeFileSync(at("letters", "to-mother.txt"), "dear mother");
  await assert.rejects(pull(store, { name: "reach", to: at("letters") }, io), {
    code: "launch.invalid",
    message: /there is something else \(no model\.json\)/,
  });
  await assert.rejects(push(store, at("letters"), undefined, io), {
    code: "data.missing",
    message: /no model package .* no data set .* no recording/,
  });
  await assert.rejects(openStore(at("letters")), { code: "data.corrupt", message: /no store\.json, so it is no store of ours/ });
  for (const name of ["../x", "a/b", "", "reach.v2"]) await assert.rejects(push(store, REACH, name, io), { code: "launch.invalid" }, name);
  mkdirSync(at("new.pulling"));
  writeFileSync(at("new.pulling", "model.json"), "{}");
  await assert.rejects(pull(store, { name: "reach", to: at("new") }, io), { code: "data.corrupt", message: /is no pull of ours/ });
  assert.deepEqual(readdirSync(at("letters")), ["to-mother.txt"]);
});

test("an address of another kind, one without keys and one in the clear are refused before anything is sent, and no key is told", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "an-id", AWS_SECRET_ACCESS_KEY: "a-very-secret-key" };
  for (const [address, environment, why] of [
    ["ftp://box/models", {}, /is no s3:\/\/BUCKET\/PREFIX and no folder/],
    ["s3://", keys, /is no s3:\/\/BUCKET\/PREFIX/],
    ["s3://models/a b", keys, /is no s3:\/\/BUCKET\/PREFIX/],
    ["s3://models", {}, /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/],
    ["s3://models", { ...keys, AWS_ENDPOINT_URL_S3: "http://box:9000" }, /is no https:\/\/ address/],
  ] as const)
    await assert.rejects(openStore(address, environment), (error: Error & { code: string }) => {
      assert.equal(error.code, "launch.invalid");
      assert.match(error.message, why);
      assert.doesNotMatch(error.message, /secret-key/);
      return true;
    });
});
