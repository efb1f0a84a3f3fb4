import { join } from 'node:path';
import { bootLab, shellQuote } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

process.exitCode = await main();

/** Boots the lab and shows in it what demo.sh types. */
async function main(): Promise<number> {
  const started = Date.now();
  const lab = await bootLab();
  try {
    console.log(
      `Linux ${lab.release} with IPVS runs in a process of its own; nothing here changes this machine.`,
    );
    const script = [
      `cd ${shellQuote(lab.directory)}`,
      `export DEMO_BIN=${shellQuote(join(projectRoot, 'bin'))}`,
      `exec bash ${shellQuote(join(projectRoot, 'test/demo/demo.sh'))} 2>&1`,
    ];
    const { status } = await lab.run(script.join('\n'), {
      onOutput: (text) => process.stdout.write(text),
    });
    console.log(`\n(${((Date.now() - started) / 1000).toFixed(1)} s)`);
    return status;
  } finally {
    await lab.powerOff();
  }
}
