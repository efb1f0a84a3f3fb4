/** The part of Bun's global object that the stand-alone executable uses. */
interface BunRuntime {
  readonly unsafe: { setJITPolicy(scale: number): void };
}

/**
 * How much bytecode a function runs before V8 optimises it, 75 times its own number. Few of our processes live long
 * enough for most of what the optimising compiler makes to pay for itself.
 */
const interruptBudget = 10_000_000;

/** With so many services a listing takes longer than what it costs to call {@link optimizeLater}. */
export const manyServices = 100;

/**
 * What follows is much work for a short process: functions are optimised later. The stand-alone executable is built so
 * that it does that from its start on.
 */
export function optimizeLater(): void {
  if (bun() !== undefined) return;
  process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${interruptBudget}`);
}

/** What follows goes through the same few functions again and again, as often as there are entries. */
export function optimizeEarly(): void {
  bun()?.unsafe.setJITPolicy(1);
}

function bun(): BunRuntime | undefined {
  return (globalThis as { readonly Bun?: BunRuntime }).Bun;
}
