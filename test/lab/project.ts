import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The checkout's top folder, found from this module's place (also when it is bundled somewhere inside it). */
export const projectRoot = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'tsconfig.json')) && existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`No package.json and tsconfig.json above ${from}`);
  }
}
