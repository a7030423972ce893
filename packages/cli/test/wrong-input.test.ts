import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { COMMANDS } from "../src/registry.ts";
import { stairwell, tempFolder } from "./command-line.ts";

type Row = readonly [args: string, code: number, says: RegExp];

/** `F` is a file, `E` an empty folder, `S` a stopped folder with the tenant acme, `N` a path where nothing is, `M` one where
 * something may be made, `T` a token's file. */
const ROWS: readonly Row[] = [
  ["serve --nonsense", 2, /unknown option '--nonsense'/],
  ["serve --data=", 2, /--data must be a string of at least 1 character/],
  ["serve --data F", 1, /F is no folder: name a folder with --data DIR/],
  ["serve --data F/below", 1, /F\/below is no folder: name a folder with --data DIR/],
  ["serve --data /proc/stairwell", 1, /\/proc\/stairwell cannot be made there.*name another with --data/],
  ["serve --data N --listen 8080", 2, /--listen must be HOST:PORT/],
  ["serve --data N --listen 0.0.0.0:8080 --dev", 2, /development mode lets anybody in/],
  [
    "serve --data M --listen 0.0.0.0:8080",
    1,
    /without a tenant: make one first, with 'stairwell tenant create --data M'\./,
  ],
  ["serve --config N", 2, /the file N cannot be read: it does not exist/],
  ["serve --config E", 2, /the file E cannot be read: it is a folder/],
  ["serve --config F", 2, /the file F is not valid TOML/],
  ["config check --config N", 2, /the file N cannot be read: it does not exist/],
  ["config print --config F", 2, /the file F is not valid TOML/],
  ["config", 2, /Usage: stairwell config/],
  [
    "tenant list --data N",
    4,
    /There is no store in N: name its folder with --data, or make one with 'stairwell tenant create'/,
  ],
  ["tenant list --data F", 4, /There is no store in F/],
  ["tenant create acme --server-name acme.example --data F", 1, /F is no folder/],
  ["tenant create acme --server-name acme.example --data S", 5, /Another tenant has the slug acme/],
  ["tenant create --server-name acme.example --data M", 2, /name the tenant/],
  ["tenant create Acme --server-name acme.example --data M", 2, /slug is 1 to 63 of a-z/],
  ["tenant create acme --server-name= --data M", 2, /server_name is no DNS name/],
  ["tenant suspend nobody --data S", 4, /There is no such tenant as 'nobody'; 'stairwell tenant list'/],
  ["tenant limits acme --max-rooms many --data S", 2, /It is a whole number, or none/],
  ["tenant invite-admin nobody --data S", 4, /There is no such tenant/],
  ["federation", 2, /Usage: stairwell federation/],
  ["federation key show", 2, /required option '--tenant/],
  ["federation key show --tenant nobody --data S", 4, /There is no such tenant/],
  ["federation key rotate --tenant nobody --data S", 4, /There is no such tenant/],
  ["participant create x --tenant nobody --data S", 4, /There is no such tenant/],
  ["participant deactivate nobody --tenant acme --data S", 4, /There is nobody in acme whose local id is 'nobody'/],
  ["role grant admin nobody --tenant acme --data S", 4, /There is nobody in acme/],
  ["role grant owner alice --tenant acme", 2, /Allowed choices are admin/],
  ["token create --tenant acme --data S", 2, /say whose token it is/],
  ["token create --tenant= --as alice --data S", 4, /There is no such tenant/],
  ["token create --tenant acme --as= --data S", 2, /local_id/],
  ["audit --tenant nobody --data S", 4, /There is no such tenant as 'nobody'/],
  ["audit --tenant acme --limit 0 --data S", 2, /It is a number from 1 to 10000/],
  ["verify --data N", 4, /There is no store in N; name it with --data/],
  ["backup", 2, /missing required argument 'dir'/],
  ["backup /proc/stairwell --data S", 1, /\/proc\/stairwell: it cannot be made there/],
  ["demo --data /proc/stairwell", 1, /\/proc\/stairwell\.making: it cannot be made there/],
  ["backup E --data N", 4, /There is no store in N; name it with --data/],
  ["backup F --data S", 5, /F is no folder: name a new or an empty one/],
  ["backup S --data S", 5, /S is not empty, and nothing is written over/],
  ["backup S/copy --data S", 5, /S\/copy lies in the data folder S: name a folder elsewhere/],
  ["restore", 2, /missing required argument 'dir'/],
  ["restore N --data E", 4, /There is no whole backup in N/],
  ["restore S --data E", 4, /There is no whole backup in S: it has no backup\.json/],
  ["restored --data N", 4, /There is no store in N/],
  ["migrate --data N", 4, /There is no store in N/],
  ["scrub", 2, /nothing to scrub: the store is in the data folder.+STAIRWELL_STORE_URL/],
  ["migrate-store", 2, /say where to: store\.url, or STAIRWELL_STORE_URL, names an empty PostgreSQL database/],
  ["doctor --nonsense", 2, /unknown option/],
  ["room", 2, /Usage: stairwell room/],
  ["room export", 2, /missing required argument 'room'/],
  ["room export room-1", 2, /say who you are: put an access token into STAIRWELL_TOKEN, or into a --token-file/],
  ["room export room-1 --token swt_secret", 2, /a token is no argument/],
  ["room export room-1 --token-file N", 2, /--token-file N: it does not exist/],
  ["room export room-1 --token-file F", 2, /F has no token; say who you are/],
  ["room export room-1 --token-file T --url nowhere", 2, /It is http:\/\/HOST:PORT or https:\/\/HOST/],
  [
    "room export room-1 --token-file T --url http://127.0.0.1:1",
    1,
    /no server could be reached at http:\/\/127\.0\.0\.1:1/,
  ],
  [
    "room export #a:b --token-file T --url http://127.0.0.1:1",
    1,
    /Start one with 'stairwell serve', or name it with --url/,
  ],
  ["room export kitchen --token-file T", 2, /kitchen is neither a room's id, room-…, nor an alias, #name:server_name/],
  ["room export room-1 --token-file T -o E", 2, /E is a folder: name a file in it/],
  ["room export room-1 --token-file T -o N/x.zip", 2, /the folder N is not there/],
  ["room dm bob --token-file T", 2, /say who as @local_id:server_name, and not as bob/],
  ["room import N --token-file T", 4, /N: it does not exist/],
  ["room import E --token-file T --url http://127.0.0.1:1", 1, /E: it is a folder|no server could be reached/],
  ["room import F --token-file T --url http://127.0.0.1:1", 1, /no server could be reached at http:\/\/127\.0\.0\.1:1/],
  ["bundle verify N", 4, /N: it does not exist/],
  ["bundle verify E", 1, /E: it is a folder, and a file is needed/],
  ["bundle verify -", 2, /- is no file on a disk: a bundle is read from its end, so save it/],
  ["bundle verify /dev/null", 2, /\/dev\/null is no file on a disk/],
  ["bundle verify F --key short", 2, /32 bytes in base64|public key/],
  ["admin", 2, /Usage: stairwell admin/],
  ["admin stats", 2, /say who you are/],
  ["admin stats --token-file T --url http://127.0.0.1:1", 1, /no server could be reached/],
  ["admin participants --type ghost", 2, /Allowed choices are/],
  ["admin audit --limit many", 2, /It is a number from 1 to/],
  ["admin conflict", 2, /missing required argument/],
  ["admin deactivate alice --token-file T", 2, /It is an id, prt-…: 'stairwell admin participants --q alice' finds it/],
  ["admin share kitchen --token-file T", 2, /It is an id, room-…: 'stairwell admin rooms --q kitchen' finds it/],
  ["admin redact room-1 evt-1", 2, /required option '--reason/],
  ["demo --data S", 2, /S is not empty and holds no demo: name another folder/],
  ["demo --nonsense", 2, /unknown option/],
  ["replay", 2, /missing required argument 'file'/],
  ["replay N --data S", 4, /N: it does not exist/],
  ["replay E --data S", 1, /it is a folder, and a file is needed/],
  ["replay F --data S", 1, /F has no lines/],
  ["replay L --data S", 1, /line 1 has a number as its id: write it as a text, "1"/],
  ["replay B --data S", 1, /nothing was sent: 1 bad line in B\n +line 1 has no type/],
  ["replay G --data S --url http://127.0.0.1:1", 1, /no server could be reached at http:\/\/127\.0\.0\.1:1/],
  ["replay G --speed fast", 2, /It is max, a number of lines a second/],
];

async function places(t: TestContext): Promise<Record<string, string>> {
  const folder = tempFolder(t);
  const at = (name: string): string => join(folder, name);
  const line = { id: "1", type: "message", nick: "ann", text: "Shall we?" };
  writeFileSync(at("file"), "");
  writeFileSync(at("toml"), "listen = ");
  writeFileSync(at("token"), "swt_none\n");
  writeFileSync(at("number.jsonl"), `${JSON.stringify({ ...line, id: 1 })}\n`);
  writeFileSync(at("good.jsonl"), `${JSON.stringify(line)}\n`);
  writeFileSync(at("bad.jsonl"), `${JSON.stringify({ id: "1" })}\n`);
  mkdirSync(at("empty"));
  const made = await stairwell("tenant", "create", "acme", "--server-name", "acme.example", "--data", at("store"));
  assert.equal(made.code, 0, made.messages);
  return {
    F: at("file"),
    E: at("empty"),
    S: at("store"),
    N: at("nothing"),
    M: at("made"),
    T: at("token"),
    L: at("number.jsonl"),
    G: at("good.jsonl"),
    B: at("bad.jsonl"),
    C: at("toml"),
  };
}

test("whatever a command is given that is wrong, its exit code says of what kind, and its message what to do", async (t) => {
  const paths = await places(t);
  const filled = (text: string): string => text.replace(/\b[A-Z]\b/g, (name) => paths[name] ?? name);
  const wrong: string[] = [];
  for (const [line, code, says] of ROWS) {
    const args = line.split(" ").map((arg) => filled(line.includes("--config F") ? arg.replace(/^F$/, "C") : arg));
    const ended = await stairwell(...args);
    const told = Object.entries(paths).reduce((text, [name, path]) => text.replaceAll(path, name), ended.messages);
    const isRaw = /swt_secret|\n {4}at |\b(?:EEXIST|ENOTDIR|EACCES)\b/.test(told);
    const isTold = says.test(told.replaceAll("the file C", "the file F")) && !isRaw && ended.data === "";
    if (ended.code !== code || !isTold) wrong.push(`${line} ended in ${ended.code}: ${told}${ended.data}`);
  }
  assert.deepEqual(wrong, []);
});

test("the table has every command", () => {
  for (const { name } of COMMANDS)
    assert.ok(
      ROWS.some(([line]) => line.split(" ")[0] === name),
      name,
    );
});

test("a port that is taken is named, with what to do, in exit code 5", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => other.close());
  const at = `127.0.0.1:${(other.address() as { port: number }).port}`;
  const ended = await stairwell("serve", "--data", join(tempFolder(t), "data"), "--listen", at);
  assert.deepEqual([ended.code, ended.data], [5, ""]);
  assert.match(ended.messages, new RegExp(`Cannot listen on ${at}: another program does already\\. Choose another`));
});

test("a server that ends the connection was reached, and may have done what it was asked", async (t) => {
  const server = createServer((socket) => socket.once("data", () => socket.destroy())).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const token = join(tempFolder(t), "token");
  writeFileSync(token, "swt_none\n");
  const ended = await stairwell("admin", "create-bot", "helper", "--url", url, "--token-file", token);
  assert.deepEqual([ended.code, ended.data], [1, ""]);
  assert.match(ended.messages, new RegExp(`${url} ended the connection before it had answered: see what was done`));
});

test("a data folder of another user is named with its owner", (t) => {
  const folder = tempFolder(t);
  const main = join(import.meta.dirname, "../src/main.ts");
  const isRoot = process.getuid!() === 0;
  chmodSync(folder, isRoot ? 0o755 : 0o500);
  const env = { PATH: process.env["PATH"] };
  const asNobody = isRoot ? { uid: 65534, gid: 65534 } : {};
  const args = ["--disable-warning=ExperimentalWarning", main, "serve", "--listen", "127.0.0.1:0", "--data", folder];
  const ended = spawnSync(process.execPath, args, { encoding: "utf8", env, ...asNobody });
  assert.equal(ended.status, 1, ended.stderr);
  assert.match(ended.stderr, isRoot ? /belongs to another user \(uid 0\): run as that user/ : /run chmod u\+rwx/);
});
