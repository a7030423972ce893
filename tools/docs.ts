import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the prose points at: files by relative links, and npm scripts by their commands. */
export interface Pointers {
  readonly links: readonly string[];
  readonly scripts: readonly string[];
}

export function pointersOf(markdown: string): Pointers {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\((?![a-z][\w+.-]*:|#)([^)\s#]+)[^)]*\)/gi)].map(([, link]) => link!);
  const scripts = [...markdown.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!);
  return { links: [...new Set(links)], scripts: [...new Set(scripts)] };
}

/** What the documents say that is not so, one sentence each. */
export function docsFaults(root: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts?: object };
  const documents = globSync("{*.md,{docs,spec,packages,bench,tools}/**/*.md}", {
    cwd: root,
    exclude: ["**/node_modules/**"],
  });
  return documents.sort().flatMap((path) => {
    const found = pointersOf(readFileSync(join(root, path), "utf8"));
    return [
      ...found.links
        .filter((link) => !existsSync(join(root, dirname(path), decodeURI(link))))
        .map((link) => `${path} links to ${link}, which does not exist`),
      ...found.scripts
        .filter((script) => !Object.hasOwn(scripts ?? {}, script))
        .map((script) => `${path} speaks of "npm run ${script}", which package.json does not have`),
    ];
  });
}

if (import.meta.main) {
  const faults = docsFaults(join(import.meta.dirname, ".."));
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
