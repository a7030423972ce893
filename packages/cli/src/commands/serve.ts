import { resolve } from "node:path";
import type { Command } from "commander";
import type { RunningServer } from "@stairwell/server";
import { type Acting, withExamples } from "../command.ts";
import type { Output } from "../output.ts";
import { addServeOptions, type ServeOptions } from "../serve-options.ts";

export function define(command: Command, acting: Acting): void {
  command.description(
    "Run the server until it is told to stop. Without --listen it can be reached from this machine only.",
  );
  addServeOptions(command);
  withExamples(
    command,
    "stairwell serve --dev",
    "stairwell serve --listen 0.0.0.0:8080 --data /var/lib/stairwell --config /etc/stairwell.toml",
  );
  command.action(
    acting(async ({ exitCode, output }, options: ServeOptions) => {
      const { serve } = await import("@stairwell/server");
      exitCode(await serve({ ...options, onReady: (server) => sayReady(server, output) }));
    }),
  );
}

/** What somebody who has just started the server wants to know next. */
function sayReady({ url, data, dev }: RunningServer, output: Output): void {
  const folder = resolve(data);
  output.data({ url, docs: `${url}/docs`, openapi: `${url}/openapi.json`, data: folder, dev }, () => [
    `Stairwell is ready at ${url}`,
    `  API reference  ${url}/docs`,
    `  Data           ${folder}`,
    dev
      ? `  Sign in        Authorization: Bearer dev-NAME (dev-admin is an admin; dev-NAME@SLUG is another tenant)`
      : `  Sign in        stairwell token create --tenant SLUG --as NAME [--admin] --data ${folder}`,
    ...(dev ? [`  Try            curl -H 'authorization: Bearer dev-alice' ${url}/v1/me`] : []),
    `  Stop           Ctrl-C`,
  ]);
}
