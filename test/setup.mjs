// Makes a machine ready for the tests and the demo: npm packages, Debian packages, a fast kernel for the lab.
// What is there already is left alone. Usage: node test/setup.mjs [--kernels SUITE,SUITE]
import { parseArgs } from 'node:util';
import { fetchDebian } from './setup/debian.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { describeKernel, fetchKernels } from './setup/kernels.mjs';
import { installPackages } from './setup/packages.mjs';
import { fetchPromtool } from './setup/promtool.mjs';

const { values } = parseArgs({ options: { kernels: { type: 'string', default: 'forky' } } });

installDependencies();
installPackages();
fetchPromtool();
fetchDebian();
fetchKernels(values.kernels.split(',').filter((suite) => suite !== ''));
console.log(`setup: ${describeKernel()}`);
