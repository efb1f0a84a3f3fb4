import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../lab/project.ts';

/** A fenced block of a page. */
export interface Block {
  /** The heading of the second level above it. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

const page = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** The headings of the second level, in order. */
export function readHeadings(): readonly string[] {
  return page.match(/(?<=^## ).+$/gm) ?? [];
}

/** All fenced blocks of README.md, in order. Throws where a block is not fenced or has no language. */
export function readBlocks(): readonly Block[] {
  const blocks: Block[] = [];
  for (const section of `\n${page}`.split('\n## ')) {
    const heading = section.split('\n', 1)[0] ?? '';
    const rest = section.replace(/^```(\w*)\n([^]*?)^```$/gm, (_, language: string, text: string) => {
      blocks.push({ heading, language, text });
      return '';
    });
    const strange = /^```.*$|^ {4}\S.*$/m.exec(rest)?.[0];
    if (strange !== undefined) throw new Error(`README.md: no fenced block with a language: ${strange}`);
  }
  const nameless = blocks.find(({ language }) => language === '');
  if (nameless !== undefined) throw new Error(`README.md: a block without a language: ${nameless.text}`);
  return blocks;
}

/** A command of a console block and what is printed below it. */
export interface ShownCommand {
  /** `director` behind the prompt `#`, `client` behind `$`. */
  readonly machine: 'director' | 'client';
  readonly command: string;
  readonly output: string;
}

/** The commands of a console block. */
export function shownCommands(text: string): readonly ShownCommand[] {
  return text.split(/^(?=[#$] )/m).map((part) => {
    const [line = '', ...output] = part.split('\n');
    const machine = line.startsWith('#') ? 'director' : 'client';
    return { machine, command: line.slice(2), output: output.join('\n') };
  });
}
