/** How to sign in, and one's own access tokens. */
export { tokenRoutes } from "./tokens.routes.ts";
