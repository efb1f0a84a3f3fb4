import { defineConfig } from 'vitest/config';

// Vitest reads its configuration from a default export.
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
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
            'test/{lab,conformance,fuzz,traffic,interchange,completion,convert,packaging,conns,doctor,watch,names,json,library,apply,drain,restore}/**/*.test.ts',
          ],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: true,
          maxWorkers: 2,
          // Traffic and timers of a kernel that shares two processors with everything else.
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
