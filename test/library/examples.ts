import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lab/project.ts';

/** A program of docs/library.md and what it prints. */
export interface Example {
  /** The heading above it. */
  readonly title: string;
  readonly program: string;
  readonly output: string;
}

/** The examples of docs/library.md: each block of TypeScript with the block of text that follows. */
export function readExamples(): Example[] {
  const text = readFileSync(join(projectRoot, 'docs/library.md'), 'utf8');
  const examples: Example[] = [];
  for (const section of text.split(/^## /m).slice(1)) {
    const title = section.split('\n', 1)[0] ?? '';
    for (const { 1: program = '', 2: output = '' } of section.matchAll(
      /^```ts\n([^]*?)^```\n\n```text\n([^]*?)^```$/gm,
    )) {
      examples.push({ title, program, output });
    }
  }
  const blocks = text.match(/^```ts$/gm)?.length ?? 0;
  if (blocks !== examples.length)
    throw new Error('an example of docs/library.md does not say what it prints');
  return examples;
}
