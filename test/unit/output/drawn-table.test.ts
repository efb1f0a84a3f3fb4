import { expect, test } from 'vitest';
import { drawnTable } from '../../../src/output/drawn-table.js';
import { numericNames } from '../../../src/output/entry-names.js';
import { listedServices } from './listed-services.js';

const plain = { format: 'plain', names: numericNames, exact: false, colour: false } as const;

test('services, their servers and what keeps connections from them', () => {
  expect(drawnTable(listedServices, plain)).toMatchInlineSnapshot(`
    "┌─────────────────────┬─────────┬────────┬────────┬──────────┬────────────────┐
    │ Service and servers │ Forward │ Weight │ Active │ Inactive │ State          │
    ├─────────────────────┴─────────┴────────┴────────┴──────────┼────────────────┤
    │ TCP 192.0.2.1:80  wlc persistent 300 mask 255.255.255.0    │                │
    │   10.0.0.1:8080     │ Masq    │      5 │      6 │        4 │ over threshold │
    │   10.0.0.2:8080     │ Local   │      0 │      0 │        0 │ weight 0       │
    │ UDP [2001:db8::1]:53  sh (sh-fallback,sh-port) ops         │                │
    │   10.0.0.3:53       │ Tunnel  │      1 │      0 │        0 │                │
    │   [2001:db8::2]:53  │ Tunnel  │      1 │      0 │        0 │                │
    │   [2001:db8::3]:53  │ Tunnel  │      1 │      0 │        0 │                │
    │ FWM 4294967295 IPv6  wlc                                   │ no servers     │
    └────────────────────────────────────────────────────────────┴────────────────┘
    "
  `);
});

test('counters, for services too', () => {
  expect(drawnTable(listedServices, { ...plain, format: 'stats' })).toMatchInlineSnapshot(`
    "┌──────────────────────┬───────────┬───────────┬───────────┬───────────┬───────────┬────────────────┐
    │ Service and servers  │     Conns │    InPkts │   OutPkts │   InBytes │  OutBytes │ State          │
    ├──────────────────────┼───────────┼───────────┼───────────┼───────────┼───────────┼────────────────┤
    │ TCP 192.0.2.1:80     │ 18446744T │ 18446744T │ 18446744T │ 18446744T │ 18446744T │                │
    │   10.0.0.1:8080      │     9007T │     9007T │     9007T │     9007T │     9007T │ over threshold │
    │   10.0.0.2:8080      │         0 │         1 │         2 │         3 │         4 │ weight 0       │
    │ UDP [2001:db8::1]:53 │         0 │         1 │         2 │         3 │         4 │                │
    │   10.0.0.3:53        │         0 │         1 │         2 │         3 │         4 │                │
    │   [2001:db8::2]:53   │         0 │         1 │         2 │         3 │         4 │                │
    │   [2001:db8::3]:53   │         0 │         1 │         2 │         3 │         4 │                │
    │ FWM 4294967295 IPv6  │         0 │         1 │         2 │         3 │         4 │ no servers     │
    └──────────────────────┴───────────┴───────────┴───────────┴───────────┴───────────┴────────────────┘
    "
  `);
});

test('rates in full', () => {
  expect(drawnTable(listedServices.slice(0, 1), { ...plain, format: 'rate', exact: true }))
    .toMatchInlineSnapshot(`
    "┌─────────────────────┬──────────────────────┬──────────────────────┬──────────────────────┬──────────────────────┬──────────────────────┬────────────────┐
    │ Service and servers │                  CPS │                InPPS │               OutPPS │                InBPS │               OutBPS │ State          │
    ├─────────────────────┼──────────────────────┼──────────────────────┼──────────────────────┼──────────────────────┼──────────────────────┼────────────────┤
    │ TCP 192.0.2.1:80    │ 18446744073709551605 │ 18446744073709551606 │ 18446744073709551607 │ 18446744073709551608 │ 18446744073709551609 │                │
    │   10.0.0.1:8080     │     9007199254740998 │     9007199254740999 │     9007199254741000 │     9007199254741001 │     9007199254741002 │ over threshold │
    │   10.0.0.2:8080     │                    5 │                    6 │                    7 │                    8 │                    9 │ weight 0       │
    └─────────────────────┴──────────────────────┴──────────────────────┴──────────────────────┴──────────────────────┴──────────────────────┴────────────────┘
    "
  `);
});

test('thresholds', () => {
  expect(drawnTable(listedServices.slice(0, 2), { ...plain, format: 'thresholds' })).toMatchInlineSnapshot(`
    "┌─────────────────────┬───────┬───────┬────────┬──────────┬────────────────┐
    │ Service and servers │ Upper │ Lower │ Active │ Inactive │ State          │
    ├─────────────────────┴───────┴───────┴────────┴──────────┼────────────────┤
    │ TCP 192.0.2.1:80  wlc persistent 300 mask 255.255.255.0 │                │
    │   10.0.0.1:8080     │    10 │     7 │      6 │        4 │ over threshold │
    │   10.0.0.2:8080     │     0 │     0 │      0 │        0 │ weight 0       │
    │ UDP [2001:db8::1]:53  sh (sh-fallback,sh-port) ops      │                │
    │   10.0.0.3:53       │     0 │     0 │      0 │        0 │                │
    │   [2001:db8::2]:53  │     0 │     0 │      0 │        0 │                │
    │   [2001:db8::3]:53  │     0 │     0 │      0 │        0 │                │
    └─────────────────────┴───────┴───────┴────────┴──────────┴────────────────┘
    "
  `);
});

test('persistence templates', () => {
  expect(drawnTable(listedServices.slice(0, 2), { ...plain, format: 'persistent-conn' }))
    .toMatchInlineSnapshot(`
    "┌─────────────────────┬────────┬────────────┬────────┬──────────┬────────────────┐
    │ Service and servers │ Weight │ Persistent │ Active │ Inactive │ State          │
    ├─────────────────────┴────────┴────────────┴────────┴──────────┼────────────────┤
    │ TCP 192.0.2.1:80  wlc persistent 300 mask 255.255.255.0       │                │
    │   10.0.0.1:8080     │      5 │          2 │      6 │        4 │ over threshold │
    │   10.0.0.2:8080     │      0 │          0 │      0 │        0 │ weight 0       │
    │ UDP [2001:db8::1]:53  sh (sh-fallback,sh-port) ops            │                │
    │   10.0.0.3:53       │      1 │          0 │      0 │        0 │                │
    │   [2001:db8::2]:53  │      1 │          0 │      0 │        0 │                │
    │   [2001:db8::3]:53  │      1 │          0 │      0 │        0 │                │
    └─────────────────────┴────────┴────────────┴────────┴──────────┴────────────────┘
    "
  `);
});

test('tunnels', () => {
  expect(drawnTable(listedServices.slice(0, 2), { ...plain, format: 'tun-info' })).toMatchInlineSnapshot(`
    "┌─────────────────────┬─────────┬─────────────┬────────┬────────┬──────────┬────────────────┐
    │ Service and servers │ Forward │ Tunnel      │ Weight │ Active │ Inactive │ State          │
    ├─────────────────────┴─────────┴─────────────┴────────┴────────┴──────────┼────────────────┤
    │ TCP 192.0.2.1:80  wlc persistent 300 mask 255.255.255.0                  │                │
    │   10.0.0.1:8080     │ Masq    │ n/a         │      5 │      6 │        4 │ over threshold │
    │   10.0.0.2:8080     │ Local   │ n/a         │      0 │      0 │        0 │ weight 0       │
    │ UDP [2001:db8::1]:53  sh (sh-fallback,sh-port) ops                       │                │
    │   10.0.0.3:53       │ Tunnel  │ gue:6080:+c │      1 │      0 │        0 │                │
    │   [2001:db8::2]:53  │ Tunnel  │ gre:-c      │      1 │      0 │        0 │                │
    │   [2001:db8::3]:53  │ Tunnel  │ ipip        │      1 │      0 │        0 │                │
    └─────────────────────┴─────────┴─────────────┴────────┴────────┴──────────┴────────────────┘
    "
  `);
});

test('colours for a terminal', () => {
  expect(drawnTable(listedServices, { ...plain, colour: true })).toMatchInlineSnapshot(`
    "┌─────────────────────┬─────────┬────────┬────────┬──────────┬────────────────┐
    │ [1mService and servers[22m │ [1mForward[22m │ [1mWeight[22m │ [1mActive[22m │ [1mInactive[22m │ [1mState[22m          │
    ├─────────────────────┴─────────┴────────┴────────┴──────────┼────────────────┤
    │ [1mTCP 192.0.2.1:80[22m  wlc persistent 300 mask 255.255.255.0    │                │
    │ [31m  10.0.0.1:8080[39m     │ [31mMasq[39m    │      [31m5[39m │      [31m6[39m │        [31m4[39m │ [31mover threshold[39m │
    │ [33m  10.0.0.2:8080[39m     │ [33mLocal[39m   │      [33m0[39m │      [33m0[39m │        [33m0[39m │ [33mweight 0[39m       │
    │ [1mUDP [2001:db8::1]:53[22m  sh (sh-fallback,sh-port) ops         │                │
    │   10.0.0.3:53       │ Tunnel  │      1 │      0 │        0 │                │
    │   [2001:db8::2]:53  │ Tunnel  │      1 │      0 │        0 │                │
    │   [2001:db8::3]:53  │ Tunnel  │      1 │      0 │        0 │                │
    │ [1mFWM 4294967295 IPv6[22m  wlc                                   │ [33mno servers[39m     │
    └────────────────────────────────────────────────────────────┴────────────────┘
    "
  `);
});

test('an empty table', () => {
  expect(drawnTable([], plain)).toMatchInlineSnapshot(`
    "┌─────────────────────┬─────────┬────────┬────────┬──────────┬───────┐
    │ Service and servers │ Forward │ Weight │ Active │ Inactive │ State │
    └─────────────────────┴─────────┴────────┴────────┴──────────┴───────┘
    "
  `);
});
