import { jsonText, type JsonMembers } from './json-text.js';
import { printableText } from './printable-text.js';

/** A command that mends what was found. */
interface Remedy {
  /** For a shell, as root. */
  readonly command: string;
  /** The machine to run it on; this one if not given. */
  readonly host?: string | undefined;
}

/** Something that keeps a director or a real server from working. */
export interface Finding {
  /** A stable word for it. */
  readonly id: string;
  /** What is wrong, in a sentence without a full stop. */
  readonly trouble: string;
  /** What was seen, a line each. */
  readonly evidence: readonly string[];
  readonly remedy: Remedy;
}

/** A finding as lines for people. */
export function findingText({ id, trouble, evidence, remedy }: Finding): string {
  const where = remedy.host === undefined ? '' : ` on ${remedy.host}`;
  const lines = [
    `${id}: ${trouble}`,
    ...evidence.map((line) => `    ${line}`),
    `    mend${where}: ${remedy.command}`,
  ];
  return lines.map((line) => `${printableText(line)}\n`).join('');
}

/** A finding as a line of JSON. */
export function findingJson({ id, trouble, evidence, remedy }: Finding): string {
  const members: JsonMembers = {
    id,
    trouble,
    evidence,
    remedy: { command: remedy.command, host: remedy.host },
  };
  return `${jsonText(members, { pretty: false })}\n`;
}
