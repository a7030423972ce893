/** Finding rooms. */
export { type DirectoryParts, directoryRoutes } from "./directory.routes.ts";
