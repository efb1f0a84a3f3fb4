import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const manFolder = join(import.meta.dirname, '../../../man');

/** An item of a list whose tag is an option: `-s, --scheduler scheduler`. */
export interface OptionItem {
  readonly section: string;
  /** `-s` and `--scheduler`. */
  readonly spellings: readonly string[];
  /** Whether something follows the last spelling. */
  readonly hasValue: boolean;
}

/** A block that is printed as it stands. */
interface VerbatimBlock {
  readonly section: string;
  /** The last line of the paragraph before it, like `On the director:`. */
  readonly label: string;
  readonly lines: readonly string[];
}

/** What tests want of a page in man(7); sections are those of `.SH` and `.SS`. */
export interface ManPage {
  readonly options: readonly OptionItem[];
  /** The tags of all items in lists, as text. */
  readonly tags: readonly { readonly section: string; readonly text: string }[];
  readonly blocks: readonly VerbatimBlock[];
  /** All text that does not stand in a verbatim block, a line for each line of the source. */
  readonly prose: readonly { readonly section: string; readonly text: string }[];
}

/** The path of a page in the checkout. */
export function manPath(name: string): string {
  return join(manFolder, name);
}

/** Reads the source of a page in the checkout. */
export function readManPage(name: string): ManPage {
  return parseManPage(readFileSync(manPath(name), 'utf8'));
}

function parseManPage(source: string): ManPage {
  const options: OptionItem[] = [];
  const tags: { section: string; text: string }[] = [];
  const blocks: VerbatimBlock[] = [];
  const prose: { section: string; text: string }[] = [];
  let section = '';
  let block: string[] | undefined;
  let isTag = false;
  for (const line of source.trimEnd().split('\n')) {
    const macro = /^\.([A-Z]+)/.exec(line)?.[1];
    if (macro === 'EE') {
      blocks.push({ section, label: prose.at(-1)?.text ?? '', lines: block ?? [] });
      block = undefined;
    } else if (macro === 'EX') {
      block = [];
    } else if (block !== undefined) {
      block.push(plainText(line));
    } else if (macro === 'SH' || macro === 'SS') {
      section = plainText(line);
    } else if (macro === 'TP' || macro === 'TQ') {
      isTag = true;
    } else if (macro === 'IP') {
      const [text] = macroWords(line);
      if (text !== undefined) tags.push({ section, text });
    } else if (macro === undefined || /^[BIR]+$/.test(macro)) {
      const text = plainText(line);
      prose.push({ section, text });
      if (isTag) {
        tags.push({ section, text });
        if (text.startsWith('-')) options.push(optionItem(section, text));
        isTag = false;
      }
    }
  }
  return { options, tags, blocks, prose };
}

function optionItem(section: string, text: string): OptionItem {
  const parts = text.split(', ');
  return {
    section,
    spellings: parts.map((part) => part.split(' ', 1)[0] ?? ''),
    hasValue: parts.at(-1)?.includes(' ') === true,
  };
}

/** What a line of the source prints. */
function plainText(line: string): string {
  const macro = /^\.([A-Z]+) /.exec(line)?.[1];
  if (macro === undefined) return withoutEscapes(line);
  return macroWords(line).join(['B', 'I', 'SH', 'SS'].includes(macro) ? ' ' : '');
}

/** The arguments of a macro. */
function macroWords(line: string): string[] {
  const words = line.match(/"[^"]*"|[^ "]+/g) ?? [];
  return words.slice(1).map((word) => withoutEscapes(word.replaceAll('"', '')));
}

function withoutEscapes(text: string): string {
  return text
    .replaceAll(/\\f[A-Z]/g, '')
    .replaceAll('\\c', '')
    .replaceAll('\\-', '-')
    .replaceAll('\\(aq', "'")
    .replaceAll('\\(bu', '•')
    .replaceAll('\\e', '\\');
}
