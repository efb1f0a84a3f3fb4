import { expect, test } from 'vitest';
import { operationOf } from '../../../src/cli/commands/change.js';
import { readPlainRules } from '../../../src/cli/plain-rules.js';
import { readRules } from '../../../src/cli/rule-lines.js';
import type { Operation } from '../../../src/ipvs/operation.js';
import { encodeOperation } from '../../../src/ipvs/wire.js';
import { ByteWriter } from '../../../src/netlink/writer.js';
import { NameService } from '../../../src/names/name-service.js';

function read(text: string): string[] | undefined {
  const rules = readPlainRules(Buffer.from(text, 'latin1'));
  return rules?.services.map(({ service, start, end }) => {
    const servers = Array.from({ length: end - start }, (_, offset) => {
      const { address, port, forwarding, weight } = rules.destination(start + offset);
      return `${String(address)}:${port} ${forwarding} ${weight}`;
    });
    return [`${String(service.address)}:${service.port} ${service.scheduler}`, ...servers].join(', ');
  });
}

function requestFor(operation: Operation | undefined): string {
  if (operation === undefined) throw new Error('a line that changes nothing');
  const writer = new ByteWriter();
  const { label } = encodeOperation(writer, operation);
  return `${label} ${Buffer.from(writer.written()).toString('hex')}`;
}

const service = '-A -t 10.0.0.1:80 -s wlc';
const server = '-a -t 10.0.0.1:80 -r 10.0.2.1:8080 -m -w 1';

test.each([
  [`${service}\n`, ['10.0.0.1:80 wlc']],
  [`${service}\n${server}`, ['10.0.0.1:80 wlc, 10.0.2.1:8080 0 1']],
  [`# web\n\n${service}\n#${server}\n${server}\n`, ['10.0.0.1:80 wlc, 10.0.2.1:8080 0 1']],
  [
    `${service}\n${server}\n-A -u 10.0.0.1:80 -s rr\n-a -u 10.0.0.1:80 -r 10.0.2.2:81 -g -w 0\n`,
    ['10.0.0.1:80 wlc, 10.0.2.1:8080 0 1', '10.0.0.1:80 rr, 10.0.2.2:80 3 0'],
  ],
])('plain rules: %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test('the shortest lines have room', () => {
  const shortest = '-a -t 0.0.0.0:1 -r 0.0.0.0:1 -m -w 0';
  const lines = ['-A -t 0.0.0.0:1 -s rr', ...Array.from({ length: 1000 }, () => shortest)];
  expect(readPlainRules(Buffer.from(lines.join('\n'), 'latin1'))?.count).toBe(1001);
});

test.each([
  '',
  '#\n',
  server,
  `${service}\n${service}\n`,
  `${service}\n${server}\n-A -t 10.0.0.2:80 -s wlc\n${server}\n`,
  `${service}\r\n`,
  `${service}\n${server} -x 5\n`,
  `${service}\n-A -f 1 -s wlc\n`,
  `${service}\n-Ln\n`,
  '-A -t 10.0.0.1:80 -s ipvsadm\n',
])('others go the long way: %j', (text) => {
  expect(read(text)).toBeUndefined();
});

test('plain rules do what their lines do', async () => {
  const text = [
    service,
    server,
    '-a -t 10.0.0.1:80 -r 172.16.0.2:81 -g -w 0',
    '# nobody',
    '-A -u 200.0.0.1:53 -s sh',
    '-A -t 10.0.0.2:80 -s rr',
    '-a -t 10.0.0.2:80 -r 192.168.0.1:0 -i -w 65535',
    '-a -t 10.0.0.2:80 -r 192.168.0.1:0 -i -w 65535',
  ].join('\n');
  const input = Buffer.from(text, 'latin1');
  const rules = readPlainRules(input);
  const lines = await readRules({ names: new NameService(), programName: 'ipvsadm' }, input);
  const expected = lines.map(({ invocation }) => requestFor(operationOf(invocation)));
  expect(Array.from(rules?.operations() ?? [], requestFor)).toEqual(expected);
  expect(rules?.count).toBe(lines.length);
});
