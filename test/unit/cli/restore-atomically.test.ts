import { expect, test } from 'vitest';
import { restoreAtomically } from '../../../src/cli/commands/restore-atomically.ts';
import type { Session } from '../../../src/cli/session.ts';
import type { Failure } from '../../../src/ipvs/client.ts';
import { SocketError } from '../../../src/netlink/errors.ts';
import { NameService } from '../../../src/names/name-service.ts';
import { KernelDouble } from '../rules/kernel-double.ts';

class BrokenConnection extends KernelDouble {
  override batch(): Promise<Failure[]> {
    return Promise.reject(SocketError.answersLost());
  }
}

function session(client: KernelDouble, rules: string): Session {
  const { signal } = new AbortController();
  const terminal = {
    write: () => undefined,
    writeBytes: () => undefined,
    writeError: () => undefined,
    flush: () => undefined,
    outputIsTerminal: false,
    errorIsTerminal: false,
    interruption: () => ({ signal, exitStatus: undefined }),
    readInput: () => Promise.resolve(rules),
  };
  return {
    client: client as unknown as Session['client'],
    names: new NameService(),
    terminal,
    programName: 'ipvsadm',
  };
}

test('a broken connection says what has become of the changes', async () => {
  const restore = restoreAtomically(session(new BrokenConnection(), '-A -t 10.0.0.1:80\n'), () =>
    Promise.resolve(),
  );
  await expect(restore).rejects.toMatchObject({
    exitStatus: 255,
    message: expect.stringMatching(/were lost.*: what was done could not be undone: /s) as string,
  });
});
