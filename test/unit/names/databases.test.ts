import { expect, it } from 'vitest';
import { parseHostsFile } from '../../../src/names/hosts-file.js';
import { ServicesDatabase } from '../../../src/names/services-database.js';

it('reads a services database by name, alias and port', () => {
  const services = new ServicesDatabase(
    '# comment\nhttp\t80/tcp\twww # web\ndomain 53/tcp\ndomain 53/udp\nother 80/tcp\nbroken\nsctp-only 90/sctp\nx 1/ddp\n',
  );
  expect(services.port('http', 6)).toBe(80);
  expect(services.port('www', 6)).toBe(80);
  expect(services.port('http', 17)).toBeUndefined();
  expect(services.port('sctp-only', 132)).toBe(90);
  expect(services.name(80, 6)).toBe('http');
  expect(services.name(53, 17)).toBe('domain');
  expect(services.name(1, 6)).toBeUndefined();
});

it('takes the first name of an address from a hosts file', () => {
  const names = parseHostsFile(
    '127.0.0.1 localhost here\n::1\tip6-localhost # six\n127.0.0.1 later\nnonsense x\n',
  );
  expect([...names]).toEqual([
    ['127.0.0.1', 'localhost'],
    ['::1', 'ip6-localhost'],
  ]);
});
