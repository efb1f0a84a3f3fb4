import { expect, test } from 'vitest';
import { readPlainRules } from '../../../src/cli/plain-rules.js';

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
