import { expect, it } from 'vitest';
import { shortNumber, watchColumns, type WatchColumn } from '../../../../src/output/watch/columns.js';
import type { Mark, WatchedService, WatchRow } from '../../../../src/output/watch/rows.js';
import { renderWatch, type WatchView } from '../../../../src/output/watch/screen.js';
import { selectRows } from '../../../../src/output/watch/selection.js';
import { sparkline } from '../../../../src/output/watch/sparkline.js';

function row(name: string, connections: number, rest: Partial<WatchRow> = {}): WatchRow {
  return {
    name,
    mark: undefined,
    method: 'Masq',
    weight: 1,
    weightBefore: undefined,
    active: 10,
    inactive: 2,
    rates: {
      connections,
      inPackets: 5 * connections,
      outPackets: 4 * connections,
      inBytes: 2e6,
      outBytes: 0,
    },
    history: (of) => (of === 'connections' ? [0, 1, 2, 4, connections] : [7]),
    ...rest,
  };
}

const services: readonly WatchedService[] = [
  {
    row: row('TCP 10.0.0.1:80', 6.5, { method: 'wlc', weight: 6 }),
    servers: [
      row('10.1.0.1:80', 1, { weight: 5, weightBefore: 1, mark: 'changed' }),
      row('10.1.0.2:80', 5.5, { weight: 0 }),
      row('10.1.0.3:80', 0, { mark: 'gone' }),
    ],
  },
  {
    row: row('UDP \u001b[31mvip:53', 123456, { method: 'rr', mark: 'new' }),
    servers: [row('[2001:db8::1]:53', 123456, { method: 'Route', mark: 'new', active: 2_345_678 })],
  },
];

function column(key: string): WatchColumn {
  const found = watchColumns.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no column ${key}`);
  return found;
}

const view: WatchView = {
  host: 'director',
  time: '12:34:56',
  interval: 1,
  paused: false,
  services,
  selection: { column: column('n'), reversed: false, filter: '' },
  typing: false,
  offset: 0,
  notice: '',
};

const plain = { colour: false, unicode: true };

function screen(changes: Partial<WatchView>, width: number, height: number, style = plain): string {
  const { lines } = renderWatch({ ...view, ...changes }, { width, height }, style);
  expect(lines).toHaveLength(height);
  return lines.map((line) => line.trimEnd()).join('\n');
}

it('is drawn on a wide terminal', () => {
  expect(screen({}, 130, 12)).toBe(
    `ipvsadm watch  director  12:34:56  every 1 s
services 2  servers 3  conn/s 123k  pkt/s 617k in 494k out  byte/s 4.0M in 0 out
  vName                    Method    Weight  Active Inactive  Conn/s InPkt/s OutPkt/s InByte/s OutByte/s conn/s
  TCP 10.0.0.1:80             wlc         6      10        2     6.5    32.5       26     2.0M         0                      ▁▂▅█
~ -> 10.1.0.1:80             Masq       1>5      10        2       1       5        4     2.0M         0                      ▂▄█▂
  -> 10.1.0.2:80             Masq         0      10        2     5.5    27.5       22     2.0M         0                      ▁▃▆█
- -> 10.1.0.3:80             Masq         1      10        2       0       0        0     2.0M         0                      ▂▄█
+ UDP ?[31mvip:53              rr         1      10        2    123k    617k     494k     2.0M         0                      ▁▁▁█
+ -> [2001:db8::1]:53       Route         1    2.3M        2    123k    617k     494k     2.0M         0                      ▁▁▁█


q quit  / filter  nmwaicpoby sort  r reverse  space pause  arrows  +- interval`,
  );
});

it('leaves columns out on a narrow terminal', () => {
  expect(screen({}, 60, 9)).toBe(
    `ipvsadm watch  director  12:34:56  every 1 s  lines 1-5 of 6
services 2  servers 3  conn/s 123k  pkt/s 617k in 494k out
  vName                               Weight  Active  Conn/s
  TCP 10.0.0.1:80                          6      10     6.5
~ -> 10.1.0.1:80                         1>5      10       1
  -> 10.1.0.2:80                           0      10     5.5
- -> 10.1.0.3:80                           1      10       0
+ UDP ?[31mvip:53                          1      10    123k
q quit  / filter  nmwaicpoby sort  r reverse  space pause  a`,
  );
});

it('has room for services on a very small terminal', () => {
  const heights = [5, 3, 1].map((height) => screen({}, 20, height));
  expect(heights).toEqual([
    `ipvsadm watch  direc
  vName
  TCP 10.0.0.1:80
~ -> 10.1.0.1:80
q quit  / filter  nm`,
    `ipvsadm watch  direc
  TCP 10.0.0.1:80
q quit  / filter  nm`,
    '  TCP 10.0.0.1:80',
  ]);
});

it('shows the filter while it is typed, and what it meets', () => {
  expect(screen({ typing: true, selection: { ...view.selection, filter: '0.2' } }, 80, 8)).toBe(
    `ipvsadm watch  director  12:34:56  every 1 s
services 2  servers 3  conn/s 123k  pkt/s 617k in 494k out  byte/s 4.0M in 0 out
  vName                       Weight  Active  Conn/s InByte/s OutByte/s conn/s
  TCP 10.0.0.1:80                  6      10     6.5     2.0M         0     ▁▂▅█
  -> 10.1.0.2:80                   0      10     5.5     2.0M         0     ▁▃▆█


filter: 0.2_   Enter keep  Esc clear`,
  );
});

it('sorts by any column, services and the servers of each', () => {
  const names = (key: string, reversed = false): string[] =>
    selectRows(services, { column: column(key), reversed, filter: '' }).map(({ row: { name } }) => name);
  expect(names('n')).toEqual([
    'TCP 10.0.0.1:80',
    '10.1.0.1:80',
    '10.1.0.2:80',
    '10.1.0.3:80',
    'UDP \u001b[31mvip:53',
    '[2001:db8::1]:53',
  ]);
  expect(names('c')).toEqual([
    'UDP \u001b[31mvip:53',
    '[2001:db8::1]:53',
    'TCP 10.0.0.1:80',
    '10.1.0.2:80',
    '10.1.0.1:80',
    '10.1.0.3:80',
  ]);
  expect(names('w', true).slice(2)).toEqual(['TCP 10.0.0.1:80', '10.1.0.2:80', '10.1.0.3:80', '10.1.0.1:80']);
  expect(names('m')[0]).toBe('UDP \u001b[31mvip:53');
});

it('scrolls no further than there are lines', () => {
  const { lines, rows, room } = renderWatch({ ...view, offset: 99 }, { width: 80, height: 7 }, plain);
  expect({ rows, room }).toEqual({ rows: 6, room: 3 });
  expect(lines[0]).toContain('lines 4-6 of 6');
  expect(lines[3]).toContain('10.1.0.3:80');
  expect(lines[5]).toContain('[2001:db8::1]:53');
});

it('marks by colour what changed, and only when it may', () => {
  const { lines } = renderWatch(view, { width: 80, height: 12 }, { colour: true, unicode: true });
  const colours: Record<Mark, string> = { changed: '\u001b[33m', gone: '\u001b[31m', new: '\u001b[32m' };
  expect(lines[4]?.startsWith(colours.changed)).toBe(true);
  expect(lines[6]?.startsWith(colours.gone)).toBe(true);
  expect(lines[7]?.startsWith(colours.new)).toBe(true);
});

it('never is wider than the terminal, however small that is', () => {
  for (let width = 1; width < 150; width += 7) {
    for (const height of [1, 2, 3, 4, 5, 20]) {
      const { lines } = renderWatch(view, { width, height }, plain);
      expect(lines).toHaveLength(height);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
  }
});

it('writes numbers short', () => {
  expect(
    [0, 0.5, 0.04, 12.34, 99.96, 123.4, 99_999, 100_000, 1_234_567, 99_960_000, 5e12].map(shortNumber),
  ).toEqual(['0', '0.5', '0', '12.3', '100', '123', '99999', '100k', '1.2M', '100M', '5.0T']);
});

it('draws the latest rates', () => {
  expect(sparkline([0, 1, 4, 8], 6, true)).toBe('   ▁▄█');
  expect(sparkline([0, 1, 4, 8], 3, false)).toBe('.=@');
  expect(sparkline([], 3, true)).toBe('   ');
  expect(sparkline([0, 0], 2, true)).toBe('  ');
});
