/** What one command line printed and how it ended. */
export interface StepOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** A difference from the reference that is wanted, with what ours prints instead. */
interface Deviation {
  readonly reason: string;
  readonly ours: StepOutput;
}

/** One command line of a case. */
interface Step {
  readonly command: string;
  /** Line in the case file. */
  readonly line: number;
  readonly deviation?: Deviation;
}

/** A replacement that is made in the output of both sides before they are compared. */
export interface Mask {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** A sequence of command lines that both programs run, each side in a network namespace of its own. */
export interface ConformanceCase {
  /** The case file's name without its ending. */
  readonly topic: string;
  readonly title: string;
  readonly line: number;
  /** Made from the table of options instead of read from a file. */
  readonly isGenerated: boolean;
  readonly steps: readonly Step[];
  readonly masks: readonly Mask[];
  /** Compare the lines of the kernel's table in sorted order, since the kernel's own order is another each time. */
  readonly isTableSorted: boolean;
  /** A deviation of the kernel's table after the last step. */
  readonly table?: Deviation;
}

const namedMasks: Record<string, Mask> = {
  // The timers of connections differ from one run to the next.
  timers: { pattern: /(?<=\s)\d{2,}:\d\d(?=\s)/g, replacement: 'MM:SS' },
};

/** Reads a case file; its format is described in README.md beside this file. Throws at a line it can't read. */
export function parseCases(topic: string, text: string): ConformanceCase[] {
  const cases: Building[] = [];
  let deviation: BuildingDeviation | undefined;
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const number = index + 1;
    let line = lines[index] ?? '';
    if (line.trim() === '' || line.startsWith('#')) continue;
    const current = cases.at(-1);
    if (line.startsWith('== ')) {
      cases.push({
        topic,
        title: line.slice(3).trim(),
        line: number,
        steps: [],
        masks: [],
        isTableSorted: false,
      });
      deviation = undefined;
    } else if (!current) {
      throw problem(topic, number, 'a case starts with a title line (== title)');
    } else if (line.startsWith('@mask ')) {
      current.masks.push(parseMask(topic, number, line.slice(6).trim()));
    } else if (line === '@sort-table') {
      current.isTableSorted = true;
    } else if (line === '@table') {
      current.table = { reason: '', stdout: '', stderr: '', status: 0 };
      deviation = undefined;
    } else if (line.startsWith('~ ')) {
      const target = current.table ?? current.steps.at(-1);
      if (!target) throw problem(topic, number, 'a deviation follows a command line');
      deviation = { reason: line.slice(2).trim(), stdout: '', stderr: '', status: 0 };
      if (current.table) current.table = deviation;
      else (target as BuildingStep).deviation = deviation;
    } else if (line.startsWith('  ')) {
      if (!deviation) throw problem(topic, number, 'an indented line belongs to a deviation (~ reason)');
      expectLine(topic, number, line.slice(2), deviation);
    } else {
      const end = /<<'(?<end>\w+)'/.exec(line)?.groups?.['end'];
      while (end !== undefined && !line.endsWith(`\n${end}`)) {
        if (index + 1 >= lines.length) throw problem(topic, number, `no line "${end}" follows`);
        index += 1;
        line += `\n${lines[index] ?? ''}`;
      }
      current.steps.push({ command: line, line: number });
      deviation = undefined;
    }
  }
  return cases.map(finish);
}

interface BuildingDeviation {
  reason: string;
  stdout: string;
  stderr: string;
  status: number;
}

interface BuildingStep {
  readonly command: string;
  readonly line: number;
  deviation?: BuildingDeviation;
}

interface Building {
  readonly topic: string;
  readonly title: string;
  readonly line: number;
  readonly steps: BuildingStep[];
  readonly masks: Mask[];
  isTableSorted: boolean;
  table?: BuildingDeviation;
}

function expectLine(topic: string, number: number, line: string, deviation: BuildingDeviation): void {
  // Outputs are compared byte by byte, each byte as one character.
  const rest = Buffer.from(line.slice(2), 'utf8').toString('latin1');
  if (line.startsWith('|')) deviation.stdout += `${rest}\n`;
  else if (line.startsWith('!')) deviation.stderr += `${rest}\n`;
  else if (line.startsWith('=')) deviation.status = Number(rest);
  else throw problem(topic, number, "expected output starts with '|' (stdout), '!' (stderr) or '=' (status)");
}

function parseMask(topic: string, number: number, text: string): Mask {
  const named = namedMasks[text];
  if (named) return named;
  const match = /^\/(?<pattern>.+)\/ => ?(?<replacement>.*)$/.exec(text);
  if (!match?.groups) throw problem(topic, number, `a mask is a name or /PATTERN/ => TEXT, not ${text}`);
  const { pattern = '', replacement = '' } = match.groups;
  return { pattern: new RegExp(pattern, 'gm'), replacement };
}

function finish(building: Building): ConformanceCase {
  const { topic, title, line, masks, isTableSorted } = building;
  if (building.steps.length === 0) throw problem(topic, line, `the case "${title}" has no command`);
  const steps = building.steps.map(({ deviation, ...step }) =>
    deviation ? { ...step, deviation: finishDeviation(deviation) } : step,
  );
  const base = { topic, title, line, isGenerated: false, masks, isTableSorted, steps };
  return building.table ? { ...base, table: finishDeviation(building.table) } : base;
}

function finishDeviation({ reason, ...ours }: BuildingDeviation): Deviation {
  return { reason, ours };
}

function problem(topic: string, line: number, text: string): Error {
  return new Error(`${topic}.case:${line}: ${text}`);
}
