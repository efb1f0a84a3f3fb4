import { expect, test } from 'vitest';
import { restoreAtomically } from '../../../src/cli/commands/restore-atomically.ts';
import type { Session } from '../../../src/cli/session.ts';
import type { Failure, Operation } from '../../../src/ipvs/client.ts';
import { SocketError } from '../../../src/netlink/errors.ts';
import { NameService } from '../../../src/names/name-service.ts';
import { KernelDouble } from '../rules/kernel-double.ts';

class BrokenConnection extends KernelDouble {
  override batch(): Promise<Failure[]> {
    return Promise.reject(SocketError.answersLost());
  }
}

/** Breaks after the first operation was carried out. */
class BreakingConnection extends KernelDouble {
  override batch(list: Iterable<Operation>): Promise<Failure[]> {
    for (const operation of list) {
      this.carryOut(operation);
      break;
    }
    return Promise.reject(SocketError.answersLost());
  }
}

function session(client: KernelDouble, rules: string, reopened = client): Session {
  const { signal } = new AbortController();
  const terminal = {
    write: () => undefined,
    writeBytes: () => undefined,
    writeError: () => undefined,
    flush: () => undefined,
    outputIsTerminal: false,
    errorIsTerminal: false,
    interruption: () => ({ signal, exitStatus: undefined }),
    readInput: () => Promise.resolve(Buffer.from(rules, 'latin1')),
  };
  return {
    client: client as unknown as Session['client'],
    reopen: () =>
      Promise.resolve(
        Object.assign(reopened, {
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }) as unknown as Session['client'],
      ),
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

test('what was done before the connection broke is undone over another one', async () => {
  const kernel = new BreakingConnection();
  const after = new KernelDouble();
  const restore = restoreAtomically(session(kernel, '-A -t 10.0.0.1:80\n-A -t 10.0.0.2:80\n', after), () =>
    Promise.resolve(),
  );
  // The other connection is to the same kernel.
  after.held = kernel.held;
  await expect(restore).rejects.toMatchObject({
    message: expect.stringMatching(/were lost.*: everything was undone$/s) as string,
  });
  expect(after.asked.map(({ kind }) => kind)).toEqual(['delService']);
  expect(after.held).toEqual([]);
});
