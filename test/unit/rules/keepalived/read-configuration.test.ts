import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numericNames } from '../../../../src/output/entry-names.js';
import { destinationRule, serviceRule } from '../../../../src/output/rules.js';
import {
  readConfiguration,
  type KeepalivedTable,
} from '../../../../src/rules/keepalived/read-configuration.js';
import { ConfigurationError, type Inclusion } from '../../../../src/rules/keepalived/source.js';

/** Included files by name. */
function filesOf(files: Readonly<Record<string, string>>): Inclusion {
  return {
    find: (pattern) =>
      Object.entries(files)
        .filter(([name]) => name === pattern || (pattern === '*' && name !== 'own'))
        .map(([name, text]) => ({ name, text })),
  };
}

const noFiles = filesOf({});

function read(text: string, files = noFiles, configId?: string): KeepalivedTable {
  return readConfiguration({ name: 'own', text }, files, configId);
}

function rulesOf({ table }: KeepalivedTable): string[] {
  return Array.from(table.values(), ({ service, destinations }) => [
    serviceRule(service, numericNames),
    ...Array.from(destinations.values(), (destination) =>
      destinationRule(destination, service, numericNames),
    ),
  ])
    .flat()
    .map((line) => line.trimEnd());
}

function noticesOf({ notices }: KeepalivedTable): string[] {
  return notices.map(({ place, kind, count }) => `${place.name}:${place.line}: ${kind} (${count})`);
}

/** The rules of a `virtual_server 10.0.0.1 80` for TCP with one server. */
function rulesWith(inService: string, inServer = ''): string[] {
  return rulesOf(read(textWith(inService, inServer)));
}

function textWith(inService: string, inServer = ''): string {
  return `virtual_server 10.0.0.1 80 {
    protocol TCP
    ${inService}
    real_server 10.1.0.1 80 {
      ${inServer}
    }
  }`;
}

const server = '-a -t 10.0.0.1:80 -r 10.1.0.1:80';

function troubleOf(text: string, files = noFiles, configId?: string): string {
  try {
    read(text, files, configId);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

describe('a virtual server', () => {
  test.each([
    ['lb_algo', 'lb_algo rr', '-s rr'],
    ['lvs_sched', 'lvs_sched mh', '-s mh'],
    ['the last of both', 'lb_algo rr\nlvs_sched lc', '-s lc'],
    ['no scheduler', '', '-s wlc'],
    ['flags of a scheduler', 'lvs_sched sh\nsh-port\nsh-fallback', '-s sh -b sh-fallback,sh-port'],
    ['persistence', 'persistence_timeout 50', '-s wlc -p 50'],
    ['persistence of the usual length', 'persistence_timeout', '-s wlc -p 360'],
    [
      'a netmask',
      'persistence_timeout 50\npersistence_granularity 255.255.255.0',
      '-s wlc -p 50 -M 255.255.255.0',
    ],
    ['a persistence engine', 'persistence_timeout 5\npersistence_engine sip', '-s wlc -p 5 --pe sip'],
  ])('%s', (_, text, options) => {
    expect(rulesWith(text)).toEqual([`-A -t 10.0.0.1:80 ${options}`, `${server} -m -w 1`]);
  });

  test.each([
    ['lb_kind NAT', '-m -w 1'],
    ['lb_kind DR', '-g -w 1'],
    ['lvs_method TUN', '-i -w 1 --tun-type ipip'],
    ['lvs_method TUN type gre csum', '-i -w 1 --tun-type gre --tun-csum'],
    ['lvs_method TUN type gue port 6080 remcsum', '-i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum'],
    ['weight 7', '-m -w 7'],
  ])('%s', (text, options) => {
    expect(rulesWith(text).at(-1)).toBe(`${server} ${options}`);
    // What a server says of itself counts more.
    expect(rulesWith('weight 3\nlb_kind NAT', text).at(-1)).toBe(
      `${server} ${text.startsWith('weight') ? options : options.replace('-w 1', '-w 3')}`,
    );
  });

  test.each([
    ['uthreshold 20', '-m -w 1 -x 20'],
    ['uthreshold 20\nlthreshold 10', '-m -w 1 -x 20 -y 10'],
    ['weight 0', '-m -w 0'],
  ])('a server with %j', (text, options) => {
    expect(rulesWith('', text).at(-1)).toBe(`${server} ${options}`);
  });

  test.each([
    ['TCP', '-t'],
    ['tcp', '-t'],
    ['UDP', '-u'],
    ['SCTP', '--sctp-service'],
  ])('protocol %s', (protocol, option) => {
    const [service = ''] = rulesWith(`protocol ${protocol}`);
    expect(service).toBe(`-A ${option} 10.0.0.1:80 -s wlc`);
  });

  test('one-packet scheduling, and UDP where no protocol is said', () => {
    const text = 'virtual_server 10.0.0.1 53 {\nops\nreal_server 10.1.0.1 53 {\n}\n}';
    expect(rulesOf(read(text))).toEqual([
      '-A -u 10.0.0.1:53 -s wlc -o',
      '-a -u 10.0.0.1:53 -r 10.1.0.1:53 -m -w 1',
    ]);
  });

  test('a firewall mark, its family as its servers have', () => {
    const text = (rest: string): string => `virtual_server fwmark 7 {\n${rest}\n}`;
    expect(rulesOf(read(text('real_server 10.1.0.1 80 {\n}')))[0]).toBe('-A -f 7 -s wlc');
    expect(rulesOf(read(text('real_server fd00::1 80 {\n}')))[0]).toBe('-A -f 7 -6 -s wlc');
    const tunnelled = 'ip_family inet6\nlb_kind TUN\nreal_server 10.1.0.1 80 {\n}';
    expect(rulesOf(read(text(tunnelled)))[0]).toBe('-A -f 7 -6 -s wlc');
  });

  test('IPv6 with a prefix of persistence', () => {
    const text = `virtual_server 2001:db8::1 443 {
      protocol TCP
      persistence_timeout 60
      persistence_granularity 64
      real_server 2001:db8:1::1 443 {
      }
      real_server 10.1.0.1 443 {
        lvs_method TUN
      }
      real_server 10.1.0.2 443 {
      }
    }`;
    const result = read(text);
    expect(rulesOf(result)).toEqual([
      '-A -t [2001:db8::1]:443 -s wlc -p 60 -M 64',
      '-a -t [2001:db8::1]:443 -r [2001:db8:1::1]:443 -m -w 1',
      '-a -t [2001:db8::1]:443 -r 10.1.0.1:443 -i -w 1 --tun-type ipip',
    ]);
    expect(noticesOf(result)).toEqual([
      'own:10: ignored: a real_server of the other address family without a tunnel (1)',
    ]);
  });

  test('a group of addresses, ranges and marks, wherever it is defined', () => {
    const text = `virtual_server group web {
      protocol TCP
      real_server 10.1.0.1 80 {
      }
    }
    virtual_server_group web {
      10.0.0.1 80
      10.0.0.3-4 81
      10.0.1.254-10.0.2.1 82
      10.0.3.8/31 83
      fd00::9-a 84 # no server of its family
      fwmark 5
    }`;
    const services = rulesOf(read(text)).filter((line) => line.startsWith('-A'));
    expect(services.map((line) => line.split(' ')[2])).toEqual([
      ...['10.0.0.1:80', '10.0.0.3:81', '10.0.0.4:81'],
      ...['10.0.1.254:82', '10.0.1.255:82', '10.0.2.0:82', '10.0.2.1:82'],
      ...['10.0.3.8:83', '10.0.3.9:83', '[fd00::9]:84', '[fd00::a]:84', '5'],
    ]);
  });

  test('the timeouts', () => {
    const { timeouts } = read('global_defs {\n lvs_timeouts tcp 7200 udp 60\n}');
    expect(timeouts).toEqual({ tcp: 7200, tcpFin: 0, udp: 60 });
  });
});

describe('what is left out', () => {
  test('checks, quorums, sorry servers and VRRP are named once for each kind', () => {
    const text = `vrrp_instance one {
      interface eth0
    }
    virtual_server 10.0.0.1 80 {
      protocol TCP
      quorum 2
      sorry_server 10.9.0.1 80
      real_server 10.1.0.1 80 {
        TCP_CHECK {
          connect_timeout 3
        }
      }
      real_server 10.1.0.2 80 {
        TCP_CHECK {
        }
      }
    }`;
    const result = read(text);
    expect(rulesOf(result)).toEqual([
      '-A -t 10.0.0.1:80 -s wlc',
      '-a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 1',
      '-a -t 10.0.0.1:80 -r 10.1.0.2:80 -m -w 1',
    ]);
    expect(noticesOf(result)).toEqual([
      'own:1: ignored: vrrp_instance (1)',
      'own:6: ignored: quorum (1)',
      'own:7: ignored: sorry_server (1)',
      'own:9: ignored: TCP_CHECK (2)',
    ]);
  });

  test.each([
    ['lb_algo unheard-of', ''],
    ['lb_kind LOCAL', ''],
    ['lb_kind constructor', ''],
    ['protocol __proto__', ''],
    ['toString', ''],
    ['persistence_timeout never', ''],
    ['persistence_timeout 99999999999', ''],
    ['persistence_engine "sip\\n-C"', ''],
    ['persistence_engine seventeen-letters', ''],
    ['persistence_engine "a b"', ''],
    ['', 'weight -1'],
    ['', 'weight 2147483648'],
    ['', 'uthreshold x'],
    ['', 'hasOwnProperty 1'],
  ])('%j in a service and %j in a server change nothing but are told', (inService, inServer) => {
    const result = read(textWith(inService, inServer));
    expect(rulesOf(result)).toEqual(['-A -t 10.0.0.1:80 -s wlc', `${server} -m -w 1`]);
    expect(result.notices).toHaveLength(1);
  });

  test.each([
    'virtual_server 10.0.0.256 80 {\nreal_server 10.1.0.1 80 {\n}\n}',
    'virtual_server 10.0.0.1 65536 {\nreal_server 10.1.0.1 80 {\n}\n}',
    'virtual_server fwmark 0 {\nreal_server 10.1.0.1 80 {\n}\n}',
    'virtual_server group nobody {\nreal_server 10.1.0.1 80 {\n}\n}',
    'virtual_server 10.0.0.1 80 {\n}',
    'virtual_server 10.0.0.1 80',
    'virtual_server {\nreal_server 10.1.0.1 80 {\n}\n}',
  ])('%j makes no service', (text) => {
    const result = read(text);
    expect(rulesOf(result)).toEqual([]);
    expect(result.notices.map(({ kind }) => kind.split(':', 1)[0])).toEqual(['virtual_server ignored']);
  });
});

describe('the text', () => {
  test.each([
    ['a comment of each kind', textWith('lb_algo rr # rr { }\n! lb_algo lc\nweight 2! 3')],
    ['quotes of both kinds', textWith(`lb_algo "rr"\n'weight' "2"`)],
    ['quotes in the middle of a word', textWith(`lb_algo r"r"\nweight '2'`)],
    ['a comment sign in quotes', textWith('lb_algo rr\nweight 2\nfoo "#!{"')],
    ['escapes', textWith('lb_algo \\rr\nlb_algo r\\x72\nlb_algo rr\nweight 2')],
    [
      'braces on other lines, and in the same',
      'virtual_server 10.0.0.1 80\n{ protocol TCP lb_algo rr\n lb_algo rr\n weight 2\n real_server 10.1.0.1 80 { } }',
    ],
    ['carriage returns', textWith('lb_algo rr\nweight 2').replaceAll('\n', '\r\n')],
    ['tabs and no last newline', textWith('\tlb_algo\t\trr\t\nweight 2')],
    ['parameters', `$ALGO=rr\n$W=2\n${textWith('lb_algo $ALGO\nweight ${W}')}`],
    ['an unknown parameter', textWith('lb_algo rr\nlb_kind ${UNKNOWN}\nweight 2')],
  ])('%s', (_, text) => {
    expect(rulesOf(read(text))).toEqual(['-A -t 10.0.0.1:80 -s rr', `${server} -m -w 2`]);
  });

  test('lines for one configuration', () => {
    const text = textWith('@one lb_algo rr\n@^one lb_algo lc\nweight 2');
    expect(rulesOf(read(text, noFiles, 'one'))[0]).toContain('-s rr');
    expect(rulesOf(read(text, noFiles, 'two'))[0]).toContain('-s lc');
    expect(troubleOf(text)).toBe(
      'own:3: a line for one configuration only (@one): say with --config-id for which',
    );
  });

  test('included files, in quotes too, with their own places', () => {
    const files = filesOf({ 'a.conf': 'lb_algo rr\nnonsense', 'b.conf': 'include a.conf\nweight 2' });
    const result = read(textWith('include "b.conf"\ninclude c.conf'), files);
    expect(rulesOf(result)).toEqual(['-A -t 10.0.0.1:80 -s rr', `${server} -m -w 2`]);
    expect(noticesOf(result)).toEqual([
      'own:4: include c.conf finds no file (1)',
      'a.conf:2: ignored: nonsense (1)',
    ]);
  });

  test.each([
    ['{', 'own:1: { without a keyword'],
    ['a {\n} }', 'own:2: } without a {'],
    ['\na {\nb {\n}', 'own:2: the { of this a is not closed'],
    ['a {\n} {\n}', 'own:2: { without a keyword'],
    ['~SEQ(i, 1, 2) x', 'own:1: ~SEQ is not understood here: write its lines out'],
    ['$A=x $B\n$B=$A\n$B', 'own:3: the definition of $B leads to itself'],
  ])('%j', (text, message) => {
    expect(troubleOf(text)).toBe(message);
  });

  test('files that include one another end with a message', () => {
    expect(troubleOf('include a', filesOf({ a: 'include a' }))).toBe(
      'a:1: files include one another too deeply',
    );
    expect(troubleOf('include *', filesOf({ a: 'include *', b: 'include *' }))).toMatch(
      /too deeply|too many files/,
    );
  });
});

describe('garbage', () => {
  /** Reads or says what is wrong; anything else is a mistake. */
  function survive(text: string): void {
    troubleOf(text, filesOf({ a: 'include a', b: 'lb_algo rr' }), 'one');
  }

  test('any text at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survive), { numRuns: 2000 });
  });

  test('any words of the language in any order', () => {
    const words = fc.constantFrom(
      ...['virtual_server', 'virtual_server_group', 'real_server', 'group', 'fwmark', 'protocol', 'TCP'],
      ...['lb_algo', 'lb_kind', 'TUN', 'type', 'gue', 'weight', 'persistence_timeout', 'rr', 'sh-port'],
      ...[
        '{',
        '}',
        '\n',
        '\n',
        '"',
        "'",
        '\\',
        '#',
        '!',
        '$A',
        '$A=',
        '${A}',
        '${',
        '@one',
        'include',
        'a',
        'b',
      ],
      ...['10.0.0.1', '10.0.0.1-9', 'fd00::1', '80', '0', '-1', '4294967296', '\0', '\x1b[2J', '__proto__'],
      ...['global_defs', 'lvs_timeouts', 'tcp', 'constructor', 'quorum', 'lthreshold', 'ip_family', 'inet6'],
    );
    const text = fc.array(words, { maxLength: 60 }).map((list) => list.join(' '));
    fc.assert(fc.property(text, survive), { numRuns: 3000 });
  });

  test('rules never have more lines than services and servers, whatever stands in the file', () => {
    const value = fc.string({ unit: 'binary', maxLength: 20 });
    const keyword = fc.constantFrom('persistence_engine', 'lb_algo', 'lb_kind', 'protocol', 'weight');
    fc.assert(
      fc.property(keyword, value, (word, text) => {
        const quoted = `"${text.replace(/[\\"\r\n]/g, '\\$&')}"`;
        let rules: string[] = [];
        try {
          rules = rulesWith(`${word} ${quoted}`);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
        }
        for (const rule of rules) expect(rule).toMatch(/^[\x20-\x7e]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('large texts', () => {
  test('twenty thousand virtual servers', () => {
    const text = Array.from(
      { length: 20_000 },
      (_, i) => `virtual_server 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 80 {
        protocol TCP
        real_server 10.200.0.1 80 {
        }
      }\n`,
    ).join('');
    expect(read(text).table.size).toBe(20_000);
  });

  test.each([
    ['a definition of many lines', `$A= \\\n${'real_server 10.1.0.1 80 { \\\n} \\\n'.repeat(100_000)}\n$A`],
    ['a line that is almost an include', `include x${' '.repeat(1_000_000)}y`],
    ['many parameters that are not known', '$A '.repeat(300_000)],
    ['many quotes', '"'.repeat(1_000_001)],
    ['many backslashes', '\\ '.repeat(500_000)],
    ['blocks in blocks', 'a {\n'.repeat(200_000) + '}\n'.repeat(200_000)],
    ['a long word', 'x'.repeat(2_000_000)],
  ])('%s ends soon', (_, text) => {
    const started = performance.now();
    troubleOf(text);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('more services than anyone has are refused', () => {
    const ranges = Array.from({ length: 20 }, (_, i) => `10.${i}.0.0/16 80`).join('\n');
    expect(troubleOf(`virtual_server_group all {\n${ranges}\n}`)).toBe('own:17: too many members of a group');
    const servers = Array.from({ length: 20 }, (_, i) => `real_server 10.200.0.${i} 80 {\n}`).join('\n');
    const group = 'virtual_server_group all {\n10.0.0.0/16 80\n}';
    expect(troubleOf(`${group}\nvirtual_server group all {\n${servers}\n}`)).toBe(
      'own:4: too many services and servers',
    );
  });
});
