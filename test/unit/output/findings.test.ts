import { expect, it } from 'vitest';
import { findingJson, findingText, type Finding } from '../../../src/output/findings.js';

const finding: Finding = {
  id: 'answers-missing',
  trouble: "the answers of 10.2.0.11:80 in TCP 10.1.0.100:80 don't come back through this machine",
  evidence: ['it was sent 3 packets and sent none through this machine', 'eth\u001b[31m0 has it'],
  remedy: { command: 'ip route replace default via 10.2.0.1', host: '10.2.0.11' },
};

it('is told in lines, without control characters', () => {
  expect(findingText(finding)).toBe(
    `answers-missing: the answers of 10.2.0.11:80 in TCP 10.1.0.100:80 don't come back through this machine
    it was sent 3 packets and sent none through this machine
    eth?[31m0 has it
    mend on 10.2.0.11: ip route replace default via 10.2.0.1
`,
  );
  expect(findingText({ ...finding, evidence: [], remedy: { command: 'modprobe ip_vs' } })).toMatch(
    /\n {4}mend: modprobe ip_vs\n$/,
  );
});

it('is told as a line of JSON', () => {
  expect(findingJson(finding)).toBe(
    `{"id":"answers-missing","trouble":"the answers of 10.2.0.11:80 in TCP 10.1.0.100:80 don't come back through this machine",` +
      `"evidence":["it was sent 3 packets and sent none through this machine","eth\\u001b[31m0 has it"],` +
      `"remedy":{"command":"ip route replace default via 10.2.0.1","host":"10.2.0.11"}}\n`,
  );
});
