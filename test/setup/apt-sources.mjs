import { existsSync, readFileSync, readdirSync } from 'node:fs';

/**
 * A sources file for another suite of the archive that this machine uses: the entries of its own suite, from
 * wherever it fetches them, with the suite replaced.
 *
 * @param {string} own the machine's suite, such as `bookworm`
 * @param {string} wanted
 * @returns {{ text: string, ending: 'sources' | 'list' } | undefined}
 */
export function sourcesForSuite(own, wanted) {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [];
  if (existsSync('/etc/apt/sources.list')) files.unshift('/etc/apt/sources.list');
  const read = (ending) =>
    files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(file, 'utf8'));
  const stanzas = read('.sources').flatMap((text) => deb822ForSuite(text, own, wanted));
  if (stanzas.length > 0) return { text: stanzas.join('\n'), ending: 'sources' };
  const lines = read('.list').flatMap((text) => linesForSuite(text, own, wanted));
  return lines.length > 0 ? { text: lines.join('\n') + '\n', ending: 'list' } : undefined;
}

/**
 * Where this machine's packages come from, as an argument for debootstrap; none where that cannot be told.
 *
 * @param {string} own
 * @param {string} wanted
 * @returns {string[]}
 */
export function mirrorForSuite(own, wanted) {
  const { text = '' } = sourcesForSuite(own, wanted) ?? {};
  const [mirror] = /(?<=^URIs:\s*|^deb\s+(?:\[[^\]]*\]\s+)?)https?:\/\/\S+/m.exec(text) ?? [];
  return mirror === undefined ? [] : [mirror];
}

function deb822ForSuite(text, own, wanted) {
  const stanzas = text.split(/\n\s*\n/).map((stanza) => stanza.replace(/^#.*\n?/gm, ''));
  return stanzas
    .filter((stanza) => words(stanza, 'Types').includes('deb') && words(stanza, 'Suites').includes(own))
    .filter((stanza) => words(stanza, 'Components').includes('main') && !/^Enabled:\s*no/im.test(stanza))
    .map((stanza) => {
      const kept = stanza.replace(/^(Types|Suites|Components):.*(\n[ \t].*)*\n?/gim, '').trimEnd();
      return `Types: deb\nSuites: ${wanted}\nComponents: main\n${kept}\n`;
    });
}

function words(stanza, field) {
  const value = new RegExp(`^${field}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '';
  return value.split(/\s+/).filter((word) => word !== '');
}

function linesForSuite(text, own, wanted) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match || match[3] !== own || !match[4].split(/\s+/).includes('main')) return [];
    return [`deb ${match[1] ?? ''}${match[2]} ${wanted} main`];
  });
}
