import { expect, test } from 'vitest';
import { readConfiguration } from '../../../../src/rules/keepalived/read-configuration.js';

/** Words that every object of JavaScript knows. */
const words = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'];

test.each(words)('%s is as unknown as any other word', (word) => {
  const lines = [
    `global_defs {`,
    `  lvs_timeouts ${word} 3`,
    `}`,
    `virtual_server 10.0.0.1 80 {`,
    `  ${word}`,
    `  lvs_method ${word}`,
    `  lvs_method TUN type ${word}`,
    `  protocol ${word}`,
    `  real_server 10.0.0.2 80 {`,
    `    ${word} 3`,
    `  }`,
    `}`,
  ];
  const read = readConfiguration({ name: 'k', text: lines.join('\n') }, { find: () => [] });
  expect(read.notices.map(({ place, kind }) => `${place.line}: ${kind}`)).toEqual([
    `2: ignored: lvs_timeouts ${word} 3`,
    `5: ignored: ${word}`,
    `6: ignored: lvs_method ${word}`,
    `7: ignored: lvs_method TUN type ${word}`,
    `8: ignored: protocol ${word}`,
  ]);
  expect([...read.table.values()].map(({ service }) => service)).toMatchObject([
    { scheduler: 'wlc', port: 80 },
  ]);
});
