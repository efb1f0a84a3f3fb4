import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileProgram } from '../lab/compile.ts';
import { bootLab } from '../lab/lab.ts';
import { Bench } from './bench.ts';
import { folders } from './programs.ts';
import { tableText } from './report.ts';

const usage = `Usage: npm run bench -- [--quick] [--json FILE]
Times the reference, both programs of this package and a small C program that is the floor, and prints medians.
  --quick      fewer sizes and runs, under three minutes
  --json FILE  writes the figures there as well`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const floor = compileProgram('test/bench/floor.c');
  const lab = await bootLab({ memory: '3G' });
  try {
    const bench = new Bench(lab, floor, values.quick);
    const parts = [await bench.bareStart(), await bench.labStart(), await bench.restores()];
    parts.push(await bench.listings(), await bench.connections());
    if (!values.quick) parts.push(await bench.singles(), await bench.growth());
    const rows = parts.flatMap((part) => part.rows);
    const notes = [...parts.flatMap((part) => part.notes), sizesNote()];
    const machine = `${cpus()[0]?.model ?? ''}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}; lab: Linux ${lab.release}; Node ${process.version}; ${new Date().toISOString().slice(0, 10)}`;
    console.log(`\n${machine}\n\n${tableText(rows)}\n\n${notes.join('\n')}`);
    if (values.json !== undefined) {
      writeFileSync(values.json, `${JSON.stringify({ machine, rows, notes }, undefined, 2)}\n`);
    }
  } finally {
    await lab.powerOff();
  }
  return 0;
}

function sizesNote(): string {
  const size = statSync(join(folders.standalone, 'ipvsadm')).size;
  const version = execFileSync(join(folders.standalone, 'ipvsadm'), ['-v'], { encoding: 'utf8' }).trim();
  return `stand-alone executable: ${(size / 1e6).toFixed(0)} MB (${version})`;
}

process.exitCode = await main();
