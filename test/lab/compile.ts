import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot } from './project.ts';

/**
 * Compiles a C program of the checkout, named by its path there, and returns the path of the executable, which is the
 * same in the guest.
 */
export function compileProgram(source: string): string {
  return compile(source, basename(source, '.c'), []);
}

/** Compiles a library to preload, and returns its path. */
export function compileLibrary(source: string): string {
  return compile(source, `${basename(source, '.c')}.so`, ['-shared', '-fPIC']);
}

const compiled = new Map<string, string>();

/** Compiles once in each process. */
function compile(source: string, name: string, options: readonly string[]): string {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const folder = join(projectRoot, 'node_modules/.cache/ipvsadm');
  mkdirSync(folder, { recursive: true });
  const result = join(folder, name);
  const fresh = `${result}.${process.pid}`;
  execFileSync('/usr/bin/gcc', ['-O2', '-Wall', ...options, '-o', fresh, join(projectRoot, source)]);
  // Another process may be running the one that is there.
  renameSync(fresh, result);
  compiled.set(name, result);
  return result;
}
