import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/ipvs/address.ts';
import { addressService, fwmarkService, Protocol, type ServiceKey } from '../../../src/ipvs/model.ts';
import { parseSelectors, scopeOf, selectorForms, type Selector } from '../../../src/rules/selector.ts';

function service(protocol: number, address: string, port: number): ServiceKey {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Error(address);
  return addressService(protocol, parsed, port);
}

const services: Readonly<Record<string, ServiceKey>> = {
  web: service(Protocol.tcp, '10.0.0.1', 80),
  webs: service(Protocol.tcp, '10.0.0.1', 443),
  dns: service(Protocol.udp, '10.1.0.1', 53),
  sig: service(Protocol.sctp, '192.168.0.1', 3868),
  web6: service(Protocol.tcp, '2001:db8::1', 80),
  top: service(Protocol.tcp, '255.255.255.255', 65535),
  any: service(Protocol.tcp, '10.0.0.9', 0),
  mark1: fwmarkService(1),
  mark5: fwmarkService(5, 10),
  markMax: fwmarkService(0xffffffff),
};

function selected(text: string): string {
  const selector = parseSelectors(text);
  if (selector === undefined) return 'none such';
  return names(selector);
}

function names(selector: Selector): string {
  return Object.keys(services)
    .filter((name) => {
      const key = services[name];
      return key !== undefined && selector(key);
    })
    .join(' ');
}

test.each([
  ['tcp', 'web webs web6 top any'],
  ['UDP', 'dns'],
  ['sctp', 'sig'],
  ['10.0.0.1', 'web webs'],
  ['10.0.0.0/8', 'web webs dns any'],
  ['10.0.0.0/15', 'web webs dns any'],
  ['10.0.0.0/16', 'web webs any'],
  ['10.0.0.77/24', 'web webs any'],
  ['0.0.0.0/0', 'web webs dns sig top any'],
  ['128.0.0.0/1', 'sig top'],
  ['10.0.0.1:80', 'web'],
  ['10.0.0.0/8:53', 'dns'],
  ['10.0.0.0/8:53-80', 'web dns'],
  [':80', 'web web6'],
  [':0', 'any'],
  [':0-65535', 'web webs dns sig web6 top any'],
  ['tcp/:80', 'web web6'],
  ['tcp/10.0.0.0/8', 'web webs any'],
  ['udp/10.0.0.0/8:53', 'dns'],
  ['udp/10.0.0.1', ''],
  ['2001:db8::1', 'web6'],
  ['2001:db8::/32', 'web6'],
  ['2001:db8::/127', 'web6'],
  ['2001:db8::/128', ''],
  ['::/0', 'web6'],
  ['[2001:db8::1]:80', 'web6'],
  ['[2001:db8::]/32:80-90', 'web6'],
  ['[2001:db8::1]', 'web6'],
  ['tcp/[2001:DB8::1]:81', ''],
  ['fwmark', 'mark1 mark5 markMax'],
  ['fwmark:1', 'mark1'],
  ['fwmark:2-5', 'mark5'],
  ['fwmark:4294967295', 'markMax'],
  ['udp, fwmark:1', 'dns mark1'],
  [selectorForms, 'web webs dns web6 top any mark1 mark5 markMax'],
])('%s means %s', (text, expected) => {
  expect(selected(text)).toBe(expected);
});

test.each([
  '',
  ',',
  'tcp,',
  'tcp/',
  'icmp',
  '10.0.0',
  '10.0.0.1/33',
  '10.0.0.1/',
  '10.0.0.1:',
  '10.0.0.1:65536',
  '10.0.0.1:90-80',
  '10.0.0.01',
  ':',
  ':http',
  '2001:db8::1/129',
  '[2001:db8::1',
  '[10.0.0.1/8]',
  'fwmark:0',
  'fwmark:',
  'fwmark:5-1',
  'fwmark:4294967296',
  'tcp/fwmark:1',
  'tcp/udp',
])('%j is no selector', (text) => {
  expect(parseSelectors(text)).toBeUndefined();
});

test('only and except together', () => {
  const of = (...texts: string[]): Selector[] =>
    texts.map((text) => parseSelectors(text) ?? ((): boolean => false));
  expect(names(scopeOf([], []))).toBe(Object.keys(services).join(' '));
  expect(names(scopeOf(of('tcp', 'udp'), []))).toBe('web webs dns web6 top any');
  expect(names(scopeOf(of('tcp'), of(':80', '::/0')))).toBe('webs top any');
  expect(names(scopeOf([], of('fwmark')))).toBe('web webs dns sig web6 top any');
});
