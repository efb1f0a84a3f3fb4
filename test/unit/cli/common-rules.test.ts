import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CommonRules } from '../../../src/cli/common-rules.js';
import type { Invocation } from '../../../src/cli/invocation.js';
import { parseCommandLine } from '../../../src/cli/parse.js';
import type { NameLookup } from '../../../src/names/lookup.js';
import { tokenise } from '../../../src/rules/tokenise.js';

const noNames: NameLookup = { hostAddress: () => undefined, servicePort: () => undefined };

/** What a line says that stands between others. */
function parseCommonRule(
  line: string,
  rules = new CommonRules(Buffer.from(`a\n${line}\n-a -t`, 'latin1')),
): Invocation | undefined {
  const command = rules.read(2, 2 + line.length);
  const { key } = rules;
  if (command === undefined || key === undefined) return undefined;
  return command === 'add-service'
    ? { command, service: rules.service(key) }
    : { command, service: key, destination: rules.destination() };
}

const octet = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom('0', '01', '0x7f', ''));
const address = fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.'));
const port = fc.oneof(fc.integer({ min: 0, max: 70_000 }).map(String), fc.constantFrom('', '080', 'http'));
const endpoint = fc.oneof(
  fc.tuple(address, port).map(([host, number]) => `${host}:${number}`),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 65_535 })).map(([host, number]) => `${host}:${number}`),
);
const protocol = fc.constantFrom('-t', '-u', '--sctp-service');
const weight = fc.oneof(fc.nat().map(String), fc.constantFrom('-1', '+3', '', '9999999999'));
const line = fc.oneof(
  fc
    .tuple(protocol, endpoint, endpoint, fc.constantFrom('-g', '-i', '-m', '-x'), weight)
    .map(([letter, service, server, method, number]) =>
      ['-a', letter, service, '-r', server, method, '-w', number].join(' '),
    ),
  fc
    .tuple(
      protocol,
      endpoint,
      fc.constantFrom('wlc', 'sh', 'ipvsadm', 'a_b', '', 'mh', 'WLC', 'averylongschedulername', '-p'),
    )
    .map(([letter, service, scheduler]) => ['-A', letter, service, '-s', scheduler].join(' ')),
);

test('a line of a common form is read as its words are', () => {
  let common = 0;
  fc.assert(
    fc.property(line, (text) => {
      const quick = parseCommonRule(text);
      if (quick === undefined) return;
      common++;
      expect(quick).toEqual(parseCommandLine(tokenise(text), 'ipvsadm', noNames));
    }),
    { numRuns: 3000 },
  );
  expect(common).toBeGreaterThan(100);
});

test('a service whose text is the beginning of the one before', () => {
  const lines = ['10.0.0.1:80', '10.0.0.1:8', '10.0.0.1:80', '10.0.0.1:80'].map(
    (service) => `-a -t ${service} -r 10.0.0.2:80 -m -w 1`,
  );
  const rules = new CommonRules(Buffer.from(lines.join('\n')));
  let start = 0;
  for (const text of lines) {
    const command = rules.read(start, start + text.length);
    start += text.length + 1;
    expect({ command, service: rules.key, destination: rules.destination() }).toEqual(
      parseCommandLine(tokenise(text), 'ipvsadm', noNames),
    );
  }
});

test.each([
  ' -a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1 -x 5',
  '-a -t 10.0.0.1:80 -r 10.0.0.2 -m -w 1',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1 ',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w ',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 1000000000',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:65536 -m -w 1',
  '-a -t 10.0.0.1:80 -r 10.0.0.256:80 -m -w 1',
  '-a -t 10.0.0.1:80 -r 10.0.0.2:80 - -w 1',
  '-a -t',
  '-A -t 10.0.0.1:80 -s ',
  '-A -t 10.0.0.1:80 -s ipvsadm',
  '-A -t 10.0.0.1:80 -s abcdefghijklmnop',
  '-a -t 10.0.0.1.2:80 -r 10.0.0.2:80 -m -w 1',
  '-A -t 10.0.0.1:0 -s wlc',
  '-A -t 10.0.0.1:80',
  '#-A -t 10.0.0.1:80 -s wlc',
])('%s is left to the command line', (text) => {
  expect(parseCommonRule(text)).toBeUndefined();
});
