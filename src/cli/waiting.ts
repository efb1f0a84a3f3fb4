/** How long to wait before trying a descriptor again that does not block, in milliseconds. */
const retryDelay = 5;

/** Waits a moment when `error` says that a descriptor is not ready; throws any other error. */
export function waitForDescriptor(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryDelay);
}
