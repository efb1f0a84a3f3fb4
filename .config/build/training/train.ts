// Makes one of V8's compiled forms of the program: runs it with what the form is for, and writes what V8 has compiled by
// then. Usage: node train.mjs BIN/PROGRAM.JS FORM
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Script } from 'node:vm';
import { trainedCommands, type TrainedCommand } from './commands.js';
import { StandInKernel } from './kernel.js';
import { StandInSystem } from './system.js';

type Modules = (name: string) => unknown;

/** What bin/program.js exports. */
interface Loader {
  readonly compiledForms: Readonly<Record<string, string>>;
  readonly compile: () => Script;
  readonly evaluate: (script: Script, requireModule: Modules) => { readonly run: (kind: string) => void };
}

const [loader = '', form = ''] = process.argv.slice(2);
const ownRequire = createRequire(loader);
const { compiledForms, compile, evaluate } = ownRequire(loader) as Loader;
const path = compiledForms[form];
const commands = trainedCommands[form];
if (path === undefined || commands === undefined) throw new Error(`there is no form '${form}'`);

const ownBuiltin = process.getBuiltinModule.bind(process);
const ownExit = process.exit.bind(process);
// Not from a form that is there: V8 takes it for any text of the same length.
const script = compile();
for (const command of commands) await train(command);
writeFileSync(path, script.createCachedData());
ownExit(0);

/** Runs a command as if in a process of its own. Throws where it does not do what it should: it is no training then. */
async function train({ program, args, input = '', lines = 0, changes = 0 }: TrainedCommand): Promise<void> {
  const commandLine = [process.execPath, `/opt/sbin/${program}`, ...args];
  const kernel = new StandInKernel();
  const system = new StandInSystem(kernel, commandLine, input);
  const builtin: Modules = (name) => system.module(name, ownBuiltin);
  process.argv = commandLine;
  process.getBuiltinModule = builtin as typeof process.getBuiltinModule;
  const status = await new Promise<unknown>((resolve) => {
    process.exit = resolve as typeof process.exit;
    // Each evaluation has a state of its own, and what it compiles belongs to the script.
    evaluate(script, (name) => system.module(name, ownRequire)).run(program);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  const printed = system.output.split('\n').length - 1;
  if (status === 0 && system.errors === '' && printed === lines && kernel.changes === changes) return;
  throw new Error(
    `training with ${commandLine.slice(1).join(' ')}: status ${String(status)}, ${printed} lines instead of ${lines}, ` +
      `${kernel.changes} changes instead of ${changes}\n${system.errors}${system.output}`,
  );
}
