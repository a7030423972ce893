import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply } from "fastify";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Stairwell API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="app"></div>
    <noscript>The reference needs JavaScript. The same for programs: <a href="/openapi.json">/openapi.json</a>, and the live stream: <a href="/asyncapi.json">/asyncapi.json</a></noscript>
    <script src="/docs/scalar.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** No fonts, statistics, agents or tools of the vendor: the page asks no other host for anything. */
const START = `Scalar.createApiReference("#app", ${JSON.stringify({
  url: "/openapi.json",
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: "never",
  hideClientButton: true,
  persistAuth: false,
})});
`;

/** The script makes its own style elements; everything else comes from here, or not at all. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
  "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Adds the documents for programs, by their paths (`/openapi.json` and its like), and the browsable `/docs`. All are made
 * when they are first asked for: the reference's script alone is five megabytes.
 */
export function addReferencePage(app: FastifyInstance, documents: Readonly<Record<string, () => object>>): void {
  for (const [path, make] of Object.entries(documents)) {
    let document: string | undefined;
    app.get(path, (_request, reply) => {
      document ??= JSON.stringify(make());
      send(reply, "application/json; charset=utf-8", document);
    });
  }
  for (const path of ["/docs", "/docs/"]) {
    app.get(path, (_request, reply) => send(reply, "text/html; charset=utf-8", HTML));
  }
  app.get("/docs/start.js", (_request, reply) => send(reply, "text/javascript; charset=utf-8", START));

  let script: Promise<Buffer> | undefined;
  app.get("/docs/scalar.js", async (request, reply) => {
    const zipped = await (script ??= zippedScript());
    reply.header("vary", "accept-encoding");
    if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) {
      return send(reply, "text/javascript; charset=utf-8", await decompress(zipped));
    }
    reply.header("content-encoding", "gzip");
    return send(reply, "text/javascript; charset=utf-8", zipped);
  });
}

function send(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply
    .header("content-type", type)
    .header("cache-control", "no-cache")
    .header("content-security-policy", POLICY)
    .header("referrer-policy", "no-referrer")
    .header("x-content-type-options", "nosniff")
    .send(content);
}

/** The plugin has the script in itself and gives it to a server it is registered with; this one serves nobody else. */
async function zippedScript(): Promise<Buffer> {
  const [{ default: Fastify }, { default: reference }] = await Promise.all([
    import("fastify"),
    import("@scalar/fastify-api-reference"),
  ]);
  const shelf = Fastify();
  await shelf.register(reference, { routePrefix: "/shelf", configuration: { url: "/openapi.json" } });
  const { rawPayload, statusCode } = await shelf.inject("/shelf/js/scalar.js");
  if (statusCode !== 200) throw new Error("the reference page's script is not where it was");
  return compress(rawPayload);
}
