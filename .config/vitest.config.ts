import { defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';
import { SecondAttempts } from './second-attempts.ts';

const labSettings = {
  testTimeout: 1_800_000,
  hookTimeout: 1_800_000,
  fileParallelism: true,
  // Tests often wait, for timers of the kernel and for each other: two at a time leave the processors idle for half of
  // the time.
  maxWorkers: 3,
  // Traffic and timers of kernels that share two processors, four at a time. SecondAttempts names those that needed it.
  retry: 2,
  sequence: { groupOrder: 1 },
};

// Vitest reads its configuration from a default export.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    reporters: ['default', new SecondAttempts()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'lab',
          include: [
            'test/{lab,compiled-forms,conformance,fuzz,readme,traffic,interchange,completion,convert,packaging,conns,doctor,watch,names,json,library,apply,drain,restore}/**/*.test.ts',
          ],
          ...labSettings,
        },
      },
      {
        // What runs one program at a time runs with the other one here; the other suites have both.
        test: {
          name: 'lab-standalone',
          include: [
            'test/{interchange,convert}/**/*.test.ts',
            'test/restore/{concurrent,interrupted,traffic}.test.ts',
          ],
          env: { IPVSADM_PROGRAMS: new URL('../dist/standalone', import.meta.url).pathname },
          ...labSettings,
        },
      },
    ],
  },
});
