import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { everyProgramUnderTest } from '../conformance/script.ts';
import { runInLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

const shells = [
  { name: 'bash', command: 'bash --norc --noprofile', setUp: 'true', ipv6: ['[', '[2001:db8::1]:80'] },
  {
    name: 'zsh',
    command: 'zsh -f',
    setUp: 'autoload -Uz compinit; compinit -D',
    ipv6: [`'[`, `'[2001:db8::1]:80'`],
  },
  { name: 'fish', command: 'fish --no-config', setUp: 'true', ipv6: ['[', String.raw`\[2001:db8::1\]:80`] },
] as const;

/** What is typed before Tab, and what can be seen then: the line as completed, or what continues it. */
const cases: readonly { readonly typed: string; readonly seen: readonly string[] }[] = [
  { typed: 'ipvsadm comp', seen: ['ipvsadm completion'] },
  { typed: 'ipvsadm completion z', seen: ['ipvsadm completion zsh'] },
  { typed: 'ipvsadm --add-ser', seen: ['add-server', 'add-service'] },
  { typed: 'ipvsadm -A -t 10.0.0.8:1 -s wr', seen: ['-s wrr'] },
  { typed: 'ipvsadm -d -t 10', seen: ['-d -t 10.0.0.1:80'] },
  { typed: 'ipvsadm -d -u 10', seen: ['-d -u 10.0.0.9:53'] },
  { typed: 'ipvsadm -D -f ', seen: ['-D -f 7'] },
  { typed: 'ipvsadm -d --tcp-service=1', seen: ['--tcp-service=10.0.0.1:80'] },
  { typed: 'ipvsadm -dt10', seen: ['-dt10.0.0.1:80'] },
  { typed: 'ipvsadm -d -t 10.0.0.1:80 -r 10', seen: ['10.1.0.2:80', '10.1.0.3:80'] },
  { typed: 'ipvsadm -a -t 10.0.0.1:80 -r 10', seen: ['-r 10.1.0.9:53'] },
  { typed: 'ipvsadm apply --only tcp,fwmark:', seen: ['--only tcp,fwmark:7'] },
  { typed: 'ipvsadm --start-daemon master --mcast-interface l', seen: ['--mcast-interface lo'] },
];

const rules = `
-A -t 10.0.0.1:80 -s rr
-a -t 10.0.0.1:80 -r 10.1.0.2:80 -m
-a -t 10.0.0.1:80 -r 10.1.0.3:80 -m -w 3
-A -t [2001:db8::1]:80
-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -m
-A -u 10.0.0.9:53
-a -u 10.0.0.9:53 -r 10.1.0.9:53 -g
-A -f 7
`;

const runs = everyProgramUnderTest().flatMap((programs) =>
  shells.map((shell) => ({ shell, programs, name: shell.name, program: basename(programs) })),
);

test.each(runs)(
  '$name completes from the tables and from the kernel with $program',
  async ({ shell, programs }) => {
    const [bracket, ipv6] = shell.ipv6;
    const all = [...cases, { typed: `ipvsadm -D -t ${bracket}`, seen: [ipv6] }];
    const steps = all.map(({ typed, seen }) =>
      [
        `press C-u C-l; press -l ${shellQuote(typed)}; press Tab`,
        // What several words have in common is put in first; some shells list them at the second tab after that.
        ...(seen.length > 1 ? ['busybox sleep 2; press Tab; busybox sleep 2; press Tab'] : []),
        ...seen.map((text) => `shows ${shellQuote(literally(text))} 10`),
        `echo ${shellQuote(typed)}`,
      ].join('\n'),
    );
    // Whatever is offered, what is then run is ipvsadm alone.
    const hostile = [
      // Each of them would be offered for the empty word, and is put in at once where it is alone.
      `press C-u C-l; press -l 'ipvsadm --start-daemon master --mcast-interface '; press Tab; busybox sleep 1; press Tab; busybox sleep 1`,
      `shows 'mcast-interface lo'; screen | grep -F ran; press Enter`,
      `press C-u C-l; press -l 'ipvsadm check /run/files/'; press Tab; busybox sleep 1; press Tab; busybox sleep 1`,
      `shows 'touch'; press Enter; busybox sleep 1; press C-c; press C-u C-l; press -l 'echo do''ne'; press Enter; shows '^done'`,
      `ls /run/ran* /run/home/ran* /run/files/ran* 2>/dev/null`,
    ].join('\n');
    const { stdout, stderr } = await runInLab(
      `. ${projectRoot}/test/lab/terminal.sh
export PATH=${programs}:$PATH HOME=/run/home
mkdir -p $HOME /run/files
# Names of interfaces may have anything but blanks and slashes, and fifteen bytes.
for name in '$(>ran1)' '\`>ran2\`' ';>ran3;' "';>ran4;'" "$(printf 'ran\\033[2J')"; do ip link add "$name" type dummy; done
>'/run/files/$(touch \${HOME}\$ran; :>ran5)\`:>ran6\`;:>ran7;'
cd $HOME
ipvsadm -R <<'END'
${rules}END
ipvsadm completion ${shell.name} >/run/script
terminal 100 20 '${shell.command}'
press '${shell.setUp}' Enter '. /run/script' Enter "PS1='$ '" Enter "echo rea''dy" Enter
shows '^ready' 60
${steps.join('\n')}
${hostile}`,
      { timeoutMs: 600_000 },
    );
    expect(`${stdout}${stderr}`.split('\n')).toEqual([...all.map(({ typed }) => typed), '']);
  },
);

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
