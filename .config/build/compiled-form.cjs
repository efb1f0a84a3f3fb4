// Runs `ipvsadm -v` and writes what V8 has compiled until its end.
'use strict';
const { writeFileSync } = require('node:fs');
const { compiledForm, load } = require('../../bin/program.js');

const { script, program } = load();
process.on('exit', () => {
  writeFileSync(compiledForm, script.createCachedData());
});
process.argv.splice(1, process.argv.length, 'ipvsadm', '-v');
program.run('ipvsadm');
