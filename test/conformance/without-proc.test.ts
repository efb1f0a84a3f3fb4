import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { referencePrograms, standalonePrograms, type Programs } from './script.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await bootLab();
});
afterAll(() => lab.powerOff());

/** What is printed where /proc is an empty folder, and where what should be the list of connections is a folder. */
async function withoutProc(programs: Programs): Promise<string> {
  const inside = `
export PATH=${shellQuote(programs)}:$PATH
/usr/sbin/ipvsadm -A -t 10.0.0.1:80
mount -t tmpfs tmpfs /proc
list() { for options in -Ln -Sn -Lnc -Lc "-Lnc --persistent-conn"; do ipvsadm $options; echo "= $?"; done; }
list
mkdir -p /proc/net/ip_vs_conn
list`;
  const { stdout } = await lab.run(`unshare --net --mount bash -c ${shellQuote(inside)} 2>&1`);
  return stdout;
}

test('the program for Node prints what the reference prints without /proc', async () => {
  const expected = await withoutProc(referencePrograms);
  expect(expected).toMatch(
    /^TCP {2}10\.0\.0\.1:80 wlc\n[^]*^cannot open file \/proc\/net\/ip_vs_conn\n= 1\n/m,
  );
  expect(await withoutProc(join(projectRoot, 'bin'))).toBe(expected);
});

test('the stand-alone program does not start without /proc', async () => {
  expect(await withoutProc(standalonePrograms)).toMatch(/^panic[^]*^= 134\n/m);
});
