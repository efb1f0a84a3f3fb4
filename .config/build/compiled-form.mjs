// Runs `ipvsadm -v` and writes what V8 has compiled until its end.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { compiledForm, load } = createRequire(import.meta.url)('../../bin/program.js');

const { script, program } = load();
process.on('exit', () => {
  writeFileSync(compiledForm, script.createCachedData());
});
process.argv.splice(1, process.argv.length, 'ipvsadm', '-v');
program.run('ipvsadm');
