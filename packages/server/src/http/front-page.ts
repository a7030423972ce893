import type { FastifyInstance } from "fastify";

/** What somebody reads who opens the server's address, or an admin's link, in a browser. */
const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Stairwell</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <h1>This is a Stairwell server</h1>
    <p>It has no web client yet; programs and people reach it by its API: <a href="/docs">the reference</a>.</p>
    <h2>If you came by an admin's link</h2>
    <p>The link's end, <code>swl_…</code>, is a code that makes you an admin, once. Send it by a call:</p>
    <pre>curl -X POST ADDRESS/v1/auth/admin-link -H 'content-type: application/json' -d '{"code": "swl_…", "local_id": "alice", "display_name": "Alice"}'</pre>
    <p>
      ADDRESS is this page's, local_id the name that you take for ever. Where the link was made for you by name, send the
      code alone. The answer has your access token, shown this once.
    </p>
  </body>
</html>
`;

/** Adds `/`: what this is, and where to go from here. It runs nothing, and asks nobody for anything. */
export function addFrontPage(app: FastifyInstance): void {
  app.get("/", (_request, reply) =>
    reply
      .header("content-type", "text/html; charset=utf-8")
      .header("cache-control", "no-cache")
      .header(
        "content-security-policy",
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      .header("referrer-policy", "no-referrer")
      .header("x-content-type-options", "nosniff")
      .send(HTML),
  );
}
