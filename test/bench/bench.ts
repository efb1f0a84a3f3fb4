import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileConnections, connectionsCommand, swallowingNetwork } from '../lab/connections.ts';
import { shellQuote, type Lab } from '../lab/lab.ts';
import { forEvery, measure, readSample, type Samples, type Work } from './measure.ts';
import { everyIpvsadm, folders, type Ipvsadm, type ProgramName } from './programs.ts';
import { rowOf, type Goal, type Row } from './report.ts';
import { growthExponent, median } from './statistics.ts';
import { singleAdditions, sizeName, tableRules, type TableSize } from './tables.ts';

const small: TableSize = { services: 1000, servers: 10 };
const many: TableSize = { services: 2000, servers: 20 };
const wide: TableSize = { services: 200, servers: 200 };
const growing: readonly TableSize[] = [5, 10, 20, 40].map((servers) => ({ services: 1000, servers }));

interface Listing {
  readonly options: string;
  readonly goals: { readonly most: Goal; readonly wide: Goal };
}

const listings: readonly Listing[] = [
  { options: '-Ln', goals: { most: { standalone: 3, node: 2 }, wide: { standalone: 1.5, node: 1.2 } } },
  { options: '-Sn', goals: { most: { standalone: 2, node: 1.2 }, wide: { standalone: 1, node: 0.8 } } },
  {
    options: '-Ln --stats',
    goals: { most: { standalone: 2, node: 1.2 }, wide: { standalone: 1, node: 0.8 } },
  },
];

/** What a part of the benchmark found: lines of the table, and what fits no line. */
export interface Figures {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** The parts of the benchmark. The start in the lab is to come before all that is given net of it. */
export class Bench {
  private readonly lab: Lab;
  private readonly floor: string;
  private readonly quick: boolean;
  private start: Samples = {};

  constructor(lab: Lab, floor: string, quick: boolean) {
    this.lab = lab;
    this.floor = floor;
    this.quick = quick;
  }

  /** Process start on this machine itself, whose kernel may have no IPVS: the reference then ends with an error. */
  async bareStart(): Promise<Figures> {
    progress('start on the bare machine');
    const commands = {
      reference: [join(folders.reference, 'ipvsadm'), '-v'],
      node: [join(folders.node, 'ipvsadm'), '-v'],
      standalone: [join(folders.standalone, 'ipvsadm'), '-v'],
      'node -e 0': [process.execPath, '-e', '0'],
    };
    const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-bench-'));
    try {
      for (let run = 0; run < (this.quick ? 20 : 40); run++) {
        for (const [name, command] of Object.entries(commands)) {
          spawnSync(this.floor, ['time', join(folder, name), ...command], { stdio: 'ignore' });
        }
      }
      const samples = Object.fromEntries(
        Object.keys(commands).map((name) => [name, readSample(join(folder, name))]),
      );
      const { reference, node, standalone } = samples;
      const bare = median(samples['node -e 0']?.seconds ?? []);
      const above = (median(node?.seconds ?? []) - bare) * 1000;
      return await Promise.resolve({
        rows: [rowOf('`-v`, bare machine', { reference, node, standalone } as Samples, { standalone: 0.5 })],
        notes: [
          `node -e 0: ${bare.toFixed(3)} s; the program for Node needs ${above.toFixed(1)} ms more (goal: 12)`,
          `peak memory of -v: ${peaksText({ reference, node, standalone } as Samples)}`,
        ],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async labStart(): Promise<Figures> {
    const rounds = this.quick ? 5 : 20;
    this.start = await this.measure('-v in the lab', {
      prepare: 'fresh',
      commands: {
        ...forEvery(everyIpvsadm, (folder) => `${folder}/ipvsadm -v >/dev/null`),
        floor: `${this.floor} start`,
      },
      rounds,
    });
    const empty = await this.measure('-Ln of an empty table', {
      prepare: 'fresh',
      commands: forEvery(everyIpvsadm, (folder) => `${folder}/ipvsadm -Ln >/dev/null`),
      rounds,
    });
    return {
      rows: [rowOf('`-v`, lab', this.start), rowOf('`-Ln` of an empty table, lab', empty)],
      notes: [],
    };
  }

  async restores(): Promise<Figures> {
    const rows: Row[] = [];
    const notes: string[] = [];
    const sizes = this.quick ? [small] : [small, many, wide];
    for (const size of sizes) {
      const rules = this.file(sizeName(size), tableRules(size));
      const samples = await this.measure(`-R of ${sizeName(size)}`, {
        beforeEach: 'fresh',
        commands: {
          ...forEvery(everyIpvsadm, (folder) => `${folder}/ipvsadm -R <${rules}`),
          floor: `${this.floor} restore ${size.services} ${size.servers}`,
        },
        rounds: this.quick ? 3 : 5,
      });
      const goal = size === small ? { standalone: 10, node: 6 } : { standalone: 20, node: 13 };
      rows.push(rowOf(`\`-R\` of ${sizeName(size)}`, samples, goal));
      notes.push(this.aboveFloor(`-R of ${sizeName(size)}`, samples, size === many));
    }
    const rules = this.file('before', tableRules(small));
    const changed = this.file('changed', tableRules(small, 20));
    const samples = await this.measure(`ipvsadm-restore of ${sizeName(small)}`, {
      beforeEach: `fresh\ninside ${folders.standalone}/ipvsadm -R <${rules}`,
      commands: forEvery(everyIpvsadm, (folder) => `${folder}/ipvsadm-restore <${changed}`),
      rounds: this.quick ? 3 : 5,
    });
    rows.push(
      rowOf(`ipvsadm-restore of ${sizeName(small)}, a tenth differs`, samples, { standalone: 12, node: 7 }),
    );
    return { rows, notes };
  }

  async listings(): Promise<Figures> {
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const size of this.quick ? [small] : [small, many, wide]) {
      const rules = this.file('listed', tableRules(size));
      const prepare = `fresh\ninside ${folders.standalone}/ipvsadm -R <${rules}`;
      const out = join(this.lab.directory, 'listing');
      for (const { options, goals } of listings) {
        for (const end of options === '-Ln' ? [`>${out}`, '| cat >/dev/null'] : [`>${out}`]) {
          const where = end.startsWith('|') ? 'to a pipe' : 'to a file';
          const what = `\`${options}\` of ${sizeName(size)} ${where}`;
          const samples = await this.measure(what, {
            prepare,
            commands: {
              ...forEvery(everyIpvsadm, (folder) => `${folder}/ipvsadm ${options} ${end}`),
              ...(options === '-Ln' ? { floor: `${this.floor} list` } : {}),
            },
            rounds: this.quick ? 3 : 7,
          });
          rows.push(rowOf(`${what}, net`, samples, size === wide ? goals.wide : goals.most, this.start));
          if (samples.floor !== undefined) {
            notes.push(this.aboveFloor(`${options} of ${sizeName(size)} ${where}`, samples, size === many));
          }
        }
      }
    }
    return { rows, notes };
  }

  async connections(): Promise<Figures> {
    const program = compileConnections();
    const make = (count: number): string =>
      [
        'fresh',
        `inside bash -c ${shellQuote(
          [
            swallowingNetwork,
            'ip address add 10.8.0.1/32 dev lo',
            `${folders.standalone}/ipvsadm -A -u 10.8.0.1:80 -s rr`,
            `${folders.standalone}/ipvsadm -a -u 10.8.0.1:80 -r 10.9.0.1:80 -g`,
            `${folders.standalone}/ipvsadm --set 0 0 86400`,
            connectionsCommand(program, {
              kind: 'udp',
              address: '10.8.0.1',
              port: 80,
              count,
              firstClient: '13.0.0.1',
              perClient: 1000,
            }),
          ].join('\n'),
        )} >/dev/null`,
      ].join('\n');
    await this.lab.run(
      'ip netns del bench; sleep 1; modprobe -r ip_vs_rr ip_vs_wlc ip_vs; modprobe ip_vs conn_tab_bits=18',
    );
    const listed = async (count: number, programs: readonly Ipvsadm[], rounds: number): Promise<Samples> =>
      this.measure(`-Lcn of ${count} connections`, {
        prepare: make(count),
        commands: {
          ...forEvery(programs, (folder) => `${folder}/ipvsadm -Lcn >/dev/null`),
          floor: `${this.floor} connections`,
        },
        rounds,
      });
    const samples = await listed(100_000, everyIpvsadm, this.quick ? 3 : 7);
    const row = rowOf(
      '`-Lcn` of 100,000 connections, net',
      samples,
      { standalone: 1.2, node: 1 },
      this.start,
    );
    if (this.quick) return { rows: [row], notes: [] };
    const ours: readonly Ipvsadm[] = ['node', 'standalone'];
    const few = await listed(10_000, ours, 3);
    const lots = await listed(1_000_000, ours, 1);
    return {
      rows: [row],
      notes: [
        `peak memory of -Lcn, 10,000 connections: ${peaksText(few)}`,
        `peak memory of -Lcn, 1,000,000 connections: ${peaksText(lots)}; ${peakGrowth(few, lots)} (goal: at most 20 % more)`,
      ],
    };
  }

  async singles(): Promise<Figures> {
    const words = this.file('singles', `${singleAdditions(200)}\n`);
    const samples = await this.measure('200 single -A', {
      beforeEach: 'fresh',
      commands: forEvery(
        everyIpvsadm,
        (folder) => `/bin/bash -c 'while read -r words; do ${folder}/ipvsadm $words; done' <${words}`,
      ),
      rounds: 3,
    });
    return { rows: [rowOf('200 single `-A` in a shell loop, lab', samples)], notes: [] };
  }

  async growth(): Promise<Figures> {
    const restored: Record<'node' | 'standalone', [number, number][]> = { node: [], standalone: [] };
    const listed: Record<'node' | 'standalone', [number, number][]> = { node: [], standalone: [] };
    for (const size of growing) {
      const rules = this.file('growing', tableRules(size));
      const points = size.services * size.servers;
      const restore = await this.measure(`growth, -R of ${sizeName(size)}`, {
        beforeEach: 'fresh',
        commands: forEvery(['node', 'standalone'], (folder) => `${folder}/ipvsadm -R <${rules}`),
        rounds: 3,
      });
      const list = await this.measure(`growth, -Ln of ${sizeName(size)}`, {
        prepare: `fresh\ninside ${folders.standalone}/ipvsadm -R <${rules}`,
        commands: forEvery(['node', 'standalone'], (folder) => `${folder}/ipvsadm -Ln >/dev/null`),
        rounds: 3,
      });
      for (const name of ['node', 'standalone'] as const) {
        const start = median(this.start[name]?.seconds ?? []);
        restored[name].push([points, median(restore[name]?.seconds ?? []) - start]);
        listed[name].push([points, median(list[name]?.seconds ?? []) - start]);
      }
    }
    const text = (points: typeof restored): string =>
      `node ${growthExponent(points.node).toFixed(2)}, stand-alone ${growthExponent(points.standalone).toFixed(2)}`;
    return {
      rows: [],
      notes: [`growth of -R: ${text(restored)}; of -Ln: ${text(listed)} (exponents, goal: 1.05)`],
    };
  }

  /** How many times the floor each program needs, both net of their start. */
  private aboveFloor(what: string, samples: Samples, hasGoal: boolean): string {
    const net = (name: ProgramName): number =>
      median(samples[name]?.seconds ?? []) - median(this.start[name]?.seconds ?? []);
    const texts = (['node', 'standalone'] as const).map(
      (name) => `${name} ${(net(name) / net('floor')).toFixed(1)}`,
    );
    return `${what}, times the floor: ${texts.join(', ')}${hasGoal ? ' (goal: 4)' : ''}`;
  }

  private file(name: string, text: string): string {
    const path = join(this.lab.directory, `rules-${name.replaceAll(' ', '')}`);
    writeFileSync(path, text);
    return path;
  }

  private async measure(what: string, work: Work): Promise<Samples> {
    progress(what);
    return measure(this.lab, this.floor, work);
  }
}

function peaksText(samples: Samples): string {
  return Object.entries(samples)
    .map(([name, { peaks }]) => `${name} ${(median(peaks) / 1024).toFixed(0)} MiB`)
    .join(', ');
}

function peakGrowth(few: Samples, lots: Samples): string {
  return (['node', 'standalone'] as const)
    .map((name) => {
      const more = median(lots[name]?.peaks ?? []) / median(few[name]?.peaks ?? []) - 1;
      return `${name} ${(more * 100).toFixed(0)} % more`;
    })
    .join(', ');
}

function progress(what: string): void {
  process.stderr.write(`${what}\n`);
}
