import fc from 'fast-check';

interface ServiceKind {
  readonly option: string;
  readonly family: 4 | 6;
  readonly isMark: boolean;
  readonly takesOnePacket: boolean;
}

const address4 = fc
  .tuple(fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 254 }))
  .map(([a, b]) => `10.0.${a}.${b}`);
const address6 = fc.integer({ min: 1, max: 0xffff }).map((number) => `2001:db8::${number.toString(16)}`);
const port = fc.constantFrom(21, 53, 80, 443, 5060, 8080, 65535);

const addressed = (option: string, takesOnePacket: boolean): fc.Arbitrary<ServiceKind> =>
  fc.oneof(
    fc.tuple(address4, port).map(([address, number]) => ({
      ...{ option: `${option} ${address}:${number}`, family: 4 as const },
      ...{ isMark: false, takesOnePacket },
    })),
    fc.tuple(address6, port).map(([address, number]) => ({
      ...{ option: `${option} [${address}]:${number}`, family: 6 as const },
      ...{ isMark: false, takesOnePacket },
    })),
  );

// The reference saves greater marks as negative numbers, which neither program restores.
const marked: fc.Arbitrary<ServiceKind> = fc
  .tuple(fc.integer({ min: 1, max: 0x7fff_ffff }), fc.constantFrom(4 as const, 6 as const))
  .map(([mark, family]) => ({
    option: `-f ${mark}${family === 6 ? ' -6' : ''}`,
    family,
    isMark: true,
    takesOnePacket: true,
  }));

const service = fc.oneof(
  addressed('-t', false),
  addressed('-u', true),
  addressed('--sctp-service', false),
  marked,
);

const scheduler = fc.constantFrom(
  ...['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sed', 'nq', 'fo', 'ovf'],
  ...[
    'sh',
    'sh -b sh-fallback',
    'sh -b sh-port',
    'sh -b sh-fallback,sh-port',
    'mh',
    'mh -b mh-fallback,mh-port',
  ],
  ...['rr -b flag-1', 'wlc -b flag-1,flag-2,flag-3'],
);

function persistence(kind: ServiceKind): fc.Arbitrary<string> {
  const netmask =
    kind.family === 6
      ? fc.integer({ min: 1, max: 127 }).map(String)
      : fc.constantFrom('255.255.255.0', '255.255.0.0', '255.255.255.128');
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(1, 60, 360, 86400),
          fc.option(netmask, { nil: undefined }),
          fc.constantFrom('', ' --pe sip'),
        )
        .map(
          ([timeout, mask, engine]) => ` -p ${timeout}${mask === undefined ? '' : ` -M ${mask}`}${engine}`,
        ),
    },
  );
}

const tunnel = fc.oneof(
  fc.constantFrom('', ' --tun-type ipip', ' --tun-type gre', ' --tun-type gre --tun-csum'),
  fc
    .tuple(
      fc.integer({ min: 1, max: 65535 }),
      fc.constantFrom('', ' --tun-csum', ' --tun-remcsum', ' --tun-nocsum'),
    )
    .map(([number, sum]) => ` --tun-type gue --tun-port ${number}${sum}`),
);

function server(kind: ServiceKind): fc.Arbitrary<{ readonly name: string; readonly rest: string }> {
  const own = kind.family === 6 ? address6 : address4;
  const other = kind.family === 6 ? address4 : address6;
  const limits = fc
    .tuple(
      fc.constantFrom(1, 1, 0, 5, 65535, 2_147_483_647),
      fc.option(fc.tuple(fc.integer({ min: 2, max: 4_000_000 }), fc.boolean()), { nil: undefined }),
    )
    .map(([weight, upper]) => {
      const lower = upper?.[1] === true ? ` -y ${Math.floor(upper[0] / 2)}` : '';
      return ` -w ${weight}${upper === undefined ? '' : ` -x ${upper[0]}${lower}`}`;
    });
  const named = (address: string, number: number): string =>
    address.includes(':') ? `[${address}]:${number}` : `${address}:${number}`;
  const servicePort = kind.isMark ? 0 : Number(/\d+$/.exec(kind.option)?.[0]);
  return fc.oneof(
    fc
      .tuple(own, port, limits)
      .map(([address, number, rest]) => ({ name: named(address, number), rest: ` -m${rest}` })),
    fc
      .tuple(own, limits)
      .map(([address, rest]) => ({ name: named(address, servicePort), rest: ` -g${rest}` })),
    fc.tuple(fc.oneof(own, other), tunnel, limits).map(([address, options, rest]) => ({
      name: named(address, servicePort),
      rest: ` -i${options}${rest}`,
    })),
  );
}

const group = service.chain((kind) =>
  fc
    .tuple(
      scheduler,
      persistence(kind),
      kind.takesOnePacket ? fc.constantFrom('', '', ' -o') : fc.constant(''),
      fc.uniqueArray(server(kind), { maxLength: 6, selector: ({ name }) => name }),
    )
    .map(([name, persistent, onePacket, servers]) => ({
      option: kind.option,
      lines: [
        `-A ${kind.option} -s ${name}${persistent}${onePacket}`,
        ...servers.map((each) => `-a ${kind.option} -r ${each.name}${each.rest}`),
      ],
    })),
);

/** Tables as lines that the reference takes, without a service or a server twice. */
export const tables: fc.Arbitrary<readonly string[]> = fc
  .uniqueArray(group, { minLength: 1, maxLength: 8, selector: ({ option }) => option })
  .map((groups) => groups.flatMap(({ lines }) => lines));
