import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lab/project.ts';
import { type ConformanceCase, parseCases } from './case.ts';
import { generateCases } from './generated-cases.ts';

/** Every case of `cases/*.case`, in the order of the files' names, and then the generated ones. */
export function readAllCases(): ConformanceCase[] {
  const folder = join(projectRoot, 'test/conformance/cases');
  const files = readdirSync(folder).filter((name) => name.endsWith('.case'));
  const written = files
    .sort()
    .flatMap((name) => parseCases(name.slice(0, -5), readFileSync(join(folder, name), 'utf8')));
  const cases = [...written, ...generateCases()];
  const seen = new Set<string>();
  for (const { topic, title } of cases) {
    const key = `${topic}: ${title}`;
    if (seen.has(key)) throw new Error(`Two cases have the title "${key}"`);
    seen.add(key);
  }
  return cases;
}
