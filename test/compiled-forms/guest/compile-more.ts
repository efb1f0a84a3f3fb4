// Runs a command of the program from one of its compiled forms, and tells what was missing in the form.
// Usage: node compile-more.mjs BIN/PROGRAM.JS FORM RESULT PROGRAM [ARGUMENTS]
import { readFileSync, writeFileSync } from 'node:fs';
import * as modules from 'node:module';
import type { Script } from 'node:vm';

/** What bin/program.js exports. */
interface Loader {
  readonly compiledForms: Readonly<Record<string, string>>;
  readonly compile: (form: Buffer) => Script;
  readonly evaluate: (script: Script) => { readonly run: (kind: string) => void };
}

const [loader = '', name = '', result = '', kind = '', ...args] = process.argv.slice(2);
const { compiledForms, compile, evaluate } = modules.createRequire(loader)(loader) as Loader;
const script = compile(readFileSync(compiledForms[name] ?? ''));
const before = script.createCachedData().length;
process.argv = [process.execPath, kind, ...args];
process.on('exit', () => {
  const missing = script.createCachedData().length - before;
  writeFileSync(result, JSON.stringify({ rejected: script.cachedDataRejected, missing }));
});
evaluate(script).run(kind);
