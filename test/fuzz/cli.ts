import { parseArgs } from 'node:util';
import { bootLab } from '../lab/lab.ts';
import { fuzz, subjectNames, type FuzzReport } from './fuzz.ts';
import { conformanceCase } from './shrink.ts';

const usage = `Usage: npm run fuzz -- [OPTION]...
Runs random command lines with the reference and with ours in the lab, and prints each difference as a conformance case.
  --seed N         the same seed gives the same command lines (default: the time)
  --commands M     how many (default 1000)
  --programs NAME  resident: ours in one process, the fastest (default); node or standalone: a process a command
  --limit N        stop after N differences (default 10)`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      commands: { type: 'string', default: '1000' },
      programs: { type: 'string', default: 'resident' },
      limit: { type: 'string', default: '10' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const subject = subjectNames.find((name) => name === values.programs);
  if (values.help || subject === undefined) {
    console.log(usage);
    return values.help ? 0 : 1;
  }
  const seed = Number(values.seed);
  const started = Date.now();
  const lab = await bootLab();
  let printed = 0;
  const onProgress = ({ sequences, commands, found }: FuzzReport): void => {
    for (const outcome of found.slice(printed)) {
      printed += 1;
      console.log(`${conformanceCase(outcome, `seed ${seed}, difference ${printed}`)}\n`);
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(
      `seed ${seed}: ${commands} commands in ${sequences} sequences, ${found.length} differ, ${seconds} s`,
    );
  };
  try {
    const { found } = await fuzz(lab, {
      seed,
      commands: Number(values.commands),
      subject,
      mostFound: Number(values.limit),
      onProgress,
    });
    return found.length === 0 ? 0 : 1;
  } finally {
    await lab.powerOff();
  }
}
