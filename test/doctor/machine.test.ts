import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { everyProgramUnderTest } from '../conformance/script.ts';
import { bootLab, type Lab } from '../lab/lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await bootLab();
});

afterEach(async () => {
  await lab.powerOff();
});

/** A table in which nothing is wrong. */
const oneService = `modprobe ip_vs; ip link add vip type dummy; ip link set vip up; ip address add 10.0.0.1/32 dev vip
ipvsadm -A -t 10.0.0.1:80 -s rr; ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.1 -g`;

/** The command that a finding gives. */
function remedyOf(stdout: string): string {
  return /^ {4}mend: (.*)$/m.exec(stdout)?.[1] ?? 'false';
}

describe.each(everyProgramUnderTest().map((programs) => ({ name: basename(programs), programs })))(
  '$name',
  ({ programs }) => {
    async function run(script: string): Promise<{ status: number; stdout: string }> {
      const { status, stdout, stderr } = await lab.run(`export PATH=${programs}:$PATH\n${script}`);
      expect(stderr, script).toBe('');
      return { status, stdout };
    }

    async function heal(doctor: string, finding: RegExp): Promise<void> {
      const sick = await run(doctor);
      expect(sick.stdout).toMatch(finding);
      expect(sick.stdout.match(/^\S/gm)).toHaveLength(1);
      expect(sick.status).toBe(1);
      expect((await run(remedyOf(sick.stdout))).status).toBe(0);
      expect(await run(doctor)).toEqual({ status: 0, stdout: '' });
    }

    test('found and mended: the kernel module is not loaded, and looking does not load it', async () => {
      const sick = await run(
        'ipvsadm doctor; ipvsadm completion candidates -- -D -t ""; ls -d /sys/module/ip_vs 2>&1',
      );
      expect(sick.stdout).toMatch(/^module-missing: [^]*\nls: cannot access/);
      await heal('ipvsadm doctor', /^module-missing: the kernel module ip_vs is not loaded\n/);
    });

    test('found and mended: the kernel can not load a scheduler that saved rules need', async () => {
      await run(`modprobe ip_vs_rr; ip link add vip type dummy; ip link set vip up; ip address add 10.0.0.1/32 dev vip
    printf -- '-A -t 10.0.0.1:80 -s mh\\n' >/run/rules; echo >/proc/sys/kernel/modprobe`);
      expect((await run('ipvsadm -R </run/rules 2>&1')).stdout).toBe(
        'Scheduler or persistence engine not found\n',
      );
      // A table, for the rules not to be missing as well.
      await run(
        'modprobe ip_vs_rr; ipvsadm -C; ipvsadm -A -t 10.0.0.1:81 -s rr; ipvsadm -a -t 10.0.0.1:81 -r 10.0.0.1 -g',
      );
      await heal('ipvsadm doctor --rules /run/rules', /^scheduler-missing: the scheduler mh is not loaded/);
    });

    test('found and mended: saved rules need a scheduler that this kernel does not have', async () => {
      await run(`modprobe ip_vs; ip link add vip type dummy; ip link set vip up; ip address add 10.0.0.1/32 dev vip
    ipvsadm -A -t 10.0.0.1:80 -s rr; ipvsadm -a -t 10.0.0.1:80 -r 10.0.0.1 -g
    printf -- '-A -t 10.0.0.1:80 -s best\\n' >/run/rules`);
      await heal(
        'ipvsadm doctor --rules /run/rules',
        /^scheduler-missing: the kernel does not have the scheduler best\n/,
      );
      expect((await run('cat /run/rules')).stdout).toBe('-A -t 10.0.0.1:80 -s wlc\n');
    });

    test('found and mended: saved rules have a mistake', async () => {
      await run(`${oneService}
    printf -- '-C\\n-A -t 10.0.0.1:80 -s rr\\n-a -t 10.0.0.1:80 -r nothing:at:all\\n' >/run/rules`);
      await heal(
        'ipvsadm doctor --rules /run/rules',
        /^rules-broken: [^]*\/run\/rules, line 3: illegal real server/,
      );
      expect((await run('cat /run/rules')).stdout).toBe('-C\n-A -t 10.0.0.1:80 -s rr\n');
      await run(`rm -f /run/rules.json.broken; echo '{"services": 3}' >/run/rules.json`);
      const sick = await run('ipvsadm doctor --rules /run/rules.json');
      expect(sick.stdout).toMatch(/^rules-broken: .*\n {4}\/run\/rules.json/);
      await run(remedyOf(sick.stdout));
      expect((await run('cat /run/rules.json.broken')).stdout).toBe('{"services": 3}\n');
    });

    test('names in saved rules are no commands and no patterns', async () => {
      await run(oneService);
      for (const scheduler of ['[x', `x';>/run/ran;'`, 'a/b', 'a.b*', '^x', '..']) {
        await lab.run(
          `cat >/run/rules <<'END'\n-A -t 10.0.0.1:80 -s ${scheduler} -p 60\n-A -t 10.0.0.1:81 -s rr\nEND`,
        );
        const sick = await run('ipvsadm doctor --rules /run/rules');
        expect(sick.stdout).toContain(
          `scheduler-missing: the kernel does not have the scheduler ${scheduler}\n`,
        );
        await run(remedyOf(sick.stdout));
        expect((await run('cat /run/rules; ls /run/ran 2>&1')).stdout).toMatch(
          /^-A -t 10.0.0.1:80 -s [^\n]*\n-A -t 10.0.0.1:81 -s rr\nls: cannot access/,
        );
      }
    });

    test('found and mended: rules were saved and not restored', async () => {
      await run(`modprobe ip_vs; ip link add vip type dummy; ip link set vip up; ip address add 10.0.0.1/32 dev vip
    printf -- '-A -t 10.0.0.1:80 -s rr\\n-a -t 10.0.0.1:80 -r 10.0.0.1 -g\\n' >/run/rules`);
      await heal(
        'ipvsadm doctor --rules /run/rules',
        /^rules-not-restored: the table is empty, but rules are saved\n/,
      );
    });

    test('found and mended: another network namespace than that of the host', async () => {
      const sick = await run('modprobe ip_vs; ip netns add other; ip netns exec other ipvsadm doctor');
      expect(sick.stdout).toMatch(/^empty-namespace: /);
      expect(sick.status).toBe(1);
      expect(await run(`ip netns exec other ${remedyOf(sick.stdout)}`)).toEqual({ status: 0, stdout: '' });
    });

    test('found: privileges are missing', async () => {
      const sick = await run(
        'modprobe ip_vs; setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all ipvsadm doctor',
      );
      expect(sick.stdout).toBe(`privileges: without CAP_NET_ADMIN the kernel tells nothing of the table
    this process does not have that capability in its network namespace
    mend: sudo ipvsadm doctor
`);
      expect(sick.status).toBe(1);
      const own = await run('unshare -rn ipvsadm doctor');
      expect(own.stdout).toMatch(
        /^privileges: .*\n {4}this process has that capability only in a user namespace/,
      );
      expect(own.status).toBe(1);
    });

    test('trouble is told in a line, and has a status of its own', async () => {
      const { stdout, stderr, status } = await lab.run(`export PATH=${programs}:$PATH
    ipvsadm doctor --real-server web; echo $?; ipvsadm doctor --rules /run/missing`);
      expect(stdout).toBe('2\n');
      expect(status).toBe(2);
      expect(stderr)
        .toBe(`ipvsadm doctor: --real-server web: the virtual address is needed, as 10.0.0.1 or 2001:db8::1
ipvsadm doctor: can't read /run/missing: no such file or directory
`);
    });
  },
);
