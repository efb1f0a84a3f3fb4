import type { Random } from './random.ts';

/** Rules of a table by entry: each entry is one line, known by what names it. */
export type RuleTable = ReadonlyMap<string, string>;

/** So many services with so many servers each; the weights come from the random numbers. */
export function ruleTable(random: Random, services: number, servers: number): RuleTable {
  const rules = new Map<string, string>();
  for (let s = 0; s < services; s++) {
    const service = `-t 10.${10 + (s >> 8)}.${s & 255}.1:80`;
    rules.set(service, `-A ${service} -s ${random.pick(['rr', 'wrr', 'wlc'])}`);
    for (let d = 0; d < servers; d++) {
      const server = `-r 10.200.${s & 255}.${d + 1}:80`;
      rules.set(`${service} ${server}`, `-a ${service} ${server} -m -w ${1 + random.below(9)}`);
    }
  }
  return rules;
}

/** The table with so many per cent of its entries changed, some removed and some added. */
export function changed(random: Random, table: RuleTable, services: number, edited = 5): RuleTable {
  const rules = new Map<string, string>();
  for (const [name, line] of table) {
    const isServer = line.startsWith('-a');
    const kept = rules.has(name.split(' -r ')[0] ?? '') || !isServer;
    if (!kept) continue;
    if (random.below(100) < 3) continue;
    rules.set(
      name,
      random.below(100) < edited ? line.replace(/-w \d+/, '-w 10').replace(/-s \w+/, '-s lc') : line,
    );
  }
  for (const [name, line] of ruleTable(random, Math.ceil(services / 30), 9)) {
    const other = (text: string): string => text.replaceAll('-t 10.', '-t 11.');
    rules.set(other(name), other(line));
  }
  return rules;
}

/** The text of a table as ipvsadm reads it. */
export function rulesText(table: RuleTable): string {
  return `${Array.from(table.values()).join('\n')}\n`;
}

/** A saved table by entry. */
export function savedTable(text: string): RuleTable {
  const rules = new Map<string, string>();
  for (const line of text.split('\n').filter((part) => part !== '')) {
    const [, name = ''] = /^-[Aa] (-t \S+(?: -r \S+)?)/.exec(line) ?? [];
    rules.set(name, line);
  }
  return rules;
}

/** Whether each entry is as in one of two tables, and those of both are there. */
export function isBetween(table: RuleTable, before: RuleTable, after: RuleTable): boolean {
  for (const [name, line] of table) if (line !== before.get(name) && line !== after.get(name)) return false;
  for (const name of before.keys()) if (after.has(name) && !table.has(name)) return false;
  return true;
}

/** Whether two tables have the same entries. */
export function isSame(one: RuleTable, other: RuleTable): boolean {
  return one.size === other.size && Array.from(one).every(([name, line]) => other.get(name) === line);
}
