/** Settings: flags over the environment over a TOML file over defaults. Only this folder reads the environment. */
export { bundleLimitsOf } from "./bundle-limits.ts";
export { type Address, isLoopback, parseListen } from "./listen.ts";
export { ConfigError, type ConfigInput, type Loaded, loadConfig } from "./load.ts";
export { configLines, configTable, type Line, printConfig } from "./print.ts";
export { s3Of } from "./s3.ts";
export type { Config } from "./schema.ts";
