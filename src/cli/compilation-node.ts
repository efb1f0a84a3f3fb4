/**
 * How much bytecode a function runs before V8 optimises it, some hundred times its own number. Few of our processes
 * live long enough for most of what the optimising compiler makes to pay for itself.
 */
const interruptBudget = 10_000_000;

/** What follows is much work for a short process: functions are optimised later. */
export function optimizeLater(): void {
  process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${interruptBudget}`);
}

/** What follows goes through the same few functions again and again: V8's own number is the right one. */
export function optimizeEarly(): void {
  // Nothing to set.
}
