import { runProgram } from '../../../src/cli/run.js';
import { Random } from '../random.ts';
import { changed, rulesText, ruleTable } from '../rule-tables.ts';
import { MemoryTerminal } from './memory-terminal.ts';

// large.mjs SERVICES SERVERS: restores a table into an empty one, itself again, and one of which a tenth differs.
// Prints how long each took and the most memory that was used.

const [services = 100, servers = 10] = process.argv.slice(2).map(Number);
const random = new Random(1);
const table = ruleTable(random, services, servers);
const other = rulesText(changed(random, table, services));
const text = rulesText(table);

async function restore(rules: string): Promise<number> {
  const terminal = new MemoryTerminal(rules);
  const start = performance.now();
  const status = await runProgram({
    kind: 'ipvsadm-restore',
    name: 'ipvsadm-restore',
    args: [],
    terminal,
    openOptions: {},
  });
  if (status !== 0 || terminal.errors !== '') throw new Error(`${status}: ${terminal.errors}`);
  return Math.round(performance.now() - start);
}

const times = [await restore(text), await restore(text), await restore(other)];
const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(`${table.size} rules: ${times.join(' ms, ')} ms; ${megabytes} MB`);
