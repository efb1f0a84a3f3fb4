/** The part of Bun's global object that the stand-alone executable uses. */
declare const Bun: { readonly unsafe: { setJITPolicy(scale: number): void } };

/** What follows is much work for a short process. The executable is built so that it optimises late from its start on. */
export function optimizeLater(): void {
  // Nothing to set; see .config/build/standalone.mjs.
}

/** What follows goes through the same few functions again and again, as often as there are entries. */
export function optimizeEarly(): void {
  Bun.unsafe.setJITPolicy(1);
}
