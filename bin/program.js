'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const folder = join(__dirname, '../dist');
const file = `${folder}/ipvsadm.cjs`;

// V8 refuses a form of another version of it, but not one for another processor.
const maker = `${process.version}-${process.arch}`;

/** V8's compiled forms of the program: of what every command needs, and of what those need that talk to the kernel. */
const compiledForms = {
  start: `${folder}/ipvsadm-start-${maker}.v8`,
  work: `${folder}/ipvsadm-work-${maker}.v8`,
};

/** Words that are answered without the kernel: for them the larger form is not worth loading. */
const informing = new Set(['-v', '--version', '-h', '--help']);

/** The form for a command line. Each is right for all of them: V8 compiles what is missing when it is called. */
function formFor(args) {
  return args.length === 1 && informing.has(args[0]) ? compiledForms.start : compiledForms.work;
}

/**
 * The program as a script, from a compiled form of it where there is one. V8 ignores one that another version of it
 * or other flags made, or that belongs to a text of another length.
 */
function compile(compiledForm) {
  return new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: compiledForm });
}

/**
 * Evaluates the script, a function with the parameters of a module, as `require` would, with modules from
 * `requireModule`, and returns its exports.
 */
function evaluate(script, requireModule = require) {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireModule, module, folder);
  return module.exports;
}

/** Loads the program from the compiled form for this process's command line, which saves half of the time. */
function load() {
  return evaluate(compile(read(formFor(process.argv.slice(2)))));
}

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

module.exports = { compile, compiledForms, evaluate, formFor, load };
