import { expect, it } from 'vitest';
import { WatchedTable } from '../../../../src/cli/watch/watched-table.js';
import { numericNames } from '../../../../src/output/entry-names.js';
import { lookJson, serverChangeJson, serviceChangeJson } from '../../../../src/output/watch/json.js';
import { listed } from './listed.js';

const time = new Date('2026-01-02T03:04:05.678Z');

/** The lines of a table as a text: mark, name, weight. */
function lines(table: WatchedTable): string[] {
  return table
    .services()
    .flatMap(({ row, servers }) =>
      [row, ...servers].map(({ mark, name, weight, weightBefore }) =>
        [mark ?? '', name, weightBefore === undefined ? weight : `${weightBefore}>${weight}`]
          .join(' ')
          .trim(),
      ),
    );
}

const one = listed('10.0.0.1', [{ address: '10.1.0.1' }, { address: '10.1.0.2', weight: 3 }]);
const two = listed('10.0.0.2', [{ address: '10.1.0.1' }]);

it('marks nothing at the first look', () => {
  const table = new WatchedTable(numericNames);
  expect(table.look([one, two], undefined)).toEqual([]);
  expect(lines(table)).toEqual([
    'TCP 10.0.0.1:80 4',
    '10.1.0.1:80 1',
    '10.1.0.2:80 3',
    'TCP 10.0.0.2:80 1',
    '10.1.0.1:80 1',
  ]);
});

it('marks what comes, goes and changes for some seconds, and tells it once', () => {
  const table = new WatchedTable(numericNames);
  table.look([one, two], undefined);
  const next = [listed('10.0.0.1', [{ address: '10.1.0.2', weight: 0 }, { address: '10.1.0.3' }], 'wlc')];
  const kinds = table.look(next, 1).map(({ kind, before, after }) => [kind, before && 1, after && 1]);
  expect(kinds).toEqual([
    ['service', 1, 1],
    ['server', 1, 1],
    ['server', undefined, 1],
    ['server', 1, undefined],
    ['service', 1, undefined],
  ]);
  expect(lines(table)).toEqual([
    'changed TCP 10.0.0.1:80 1',
    'gone 10.1.0.1:80 1',
    'changed 10.1.0.2:80 3>0',
    'new 10.1.0.3:80 1',
    'gone TCP 10.0.0.2:80 1',
    'gone 10.1.0.1:80 1',
  ]);
  for (let second = 0; second < 4; second++) expect(table.look(next, 1)).toEqual([]);
  expect(lines(table)).toHaveLength(6);
  table.look(next, 1);
  expect(lines(table)).toEqual(['TCP 10.0.0.1:80 1', '10.1.0.2:80 0', '10.1.0.3:80 1']);
});

it('takes back what comes again', () => {
  const table = new WatchedTable(numericNames);
  table.look([one, two], undefined);
  table.look([one], 1);
  expect(table.look([one, two], 1).map(({ kind }) => kind)).toEqual(['service', 'server']);
  expect(lines(table).slice(3)).toEqual(['new TCP 10.0.0.2:80 1', 'new 10.1.0.1:80 1']);
});

it('gives names when they are known', () => {
  const table = new WatchedTable(numericNames);
  table.look([two], undefined);
  table.rename({
    hostName: (address) => (address.toString() === '10.1.0.1' ? 'web1' : undefined),
    portName: () => 'http',
  });
  expect(lines(table)).toEqual(['TCP 10.0.0.2:http 1', 'web1:http 1']);
});

it('is told as lines of JSON', () => {
  const table = new WatchedTable(numericNames);
  const first = [listed('10.0.0.2', [{ address: '10.1.0.1', connections: 7 }])];
  table.look(first, undefined);
  const server =
    '"address":"10.1.0.1","port":80,"forwarding":"masquerade","weight":1,"upper_threshold":0,"lower_threshold":0';
  const service = '"protocol":"tcp","address":"10.0.0.2","port":80';
  const counts = '"active_connections":3,"inactive_connections":1,"persistent_connections":0';
  const stats = '"stats":{"connections":7,"in_packets":28,"out_packets":28,"in_bytes":700,"out_bytes":700}';
  const configuration = '"scheduler":"rr","scheduler_flags":[],"flags":[]';
  expect(lookJson(time, first, table)).toBe(
    `{"time":"2026-01-02T03:04:05.678Z","services":[{${service},${configuration},${stats},"destinations":[{${server},${counts},${stats}}]}]}\n`,
  );
  const next = [listed('10.0.0.2', [{ address: '10.1.0.1', connections: 10 }])];
  table.look(next, 1);
  expect(lookJson(time, next, table)).toContain(
    '"rates":{"connections":1.5,"in_packets":6,"out_packets":6,"in_bytes":150,"out_bytes":150}',
  );
  const [before] = next[0]?.destinations ?? [];
  if (before === undefined || next[0] === undefined) throw new Error('no server');
  expect(serverChangeJson(time, next[0].service, before, { ...before, weight: 5 })).toBe(
    `{"time":"2026-01-02T03:04:05.678Z","event":"server_changed","service":{${service}},"server":{${server.replace('"weight":1', '"weight":5')}},"changes":{"weight":{"from":1,"to":5}}}\n`,
  );
  expect(serviceChangeJson(time, undefined, next[0].service)).toBe(
    `{"time":"2026-01-02T03:04:05.678Z","event":"service_added","service":{${service},${configuration}}}\n`,
  );
});
