import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { interfaceSetting, shellWord, sysctlCommand } from '../../../src/doctor/commands.js';
import { firstFew } from '../../../src/doctor/evidence.js';
import { directorRules, realServerRules } from '../../../src/doctor/rules.js';

it('quotes what a shell would take for more than a word', () => {
  expect(['eth0', 'eth0.5', '10.0.0.1/32', 'a;reboot', "it's", '$(id)', ''].map(shellWord)).toEqual([
    'eth0',
    'eth0.5',
    '10.0.0.1/32',
    `'a;reboot'`,
    `'it'\\''s'`,
    `'$(id)'`,
    `''`,
  ]);
});

it('has a broken set-up for every finding', () => {
  const folder = new URL('../../doctor/', import.meta.url);
  const tests = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const ids = [...directorRules, ...realServerRules].map(({ id }) => id);
  expect(ids.filter((id) => !tests.includes(`found: ['${id}'`) && !tests.includes(`/^${id}: `))).toEqual([]);
});

it('names settings as sysctl reads them', () => {
  expect(sysctlCommand([interfaceSetting('ipv4', 'eth0', 'rp_filter'), 2])).toBe(
    'sysctl -w net.ipv4.conf.eth0.rp_filter=2',
  );
  expect(sysctlCommand([interfaceSetting('ipv4', 'eth0.5', 'rp_filter'), 2])).toBe(
    'sysctl -w net/ipv4/conf/eth0.5/rp_filter=2',
  );
});

it('names the first few of many', () => {
  expect(firstFew(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(firstFew(['a', 'b', 'c', 'd', 'e'])).toEqual(['a', 'b', 'c', 'and 2 more']);
});

it('has a word of its own for each rule', () => {
  const ids = [...directorRules, ...realServerRules].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z-]+$/);
});
