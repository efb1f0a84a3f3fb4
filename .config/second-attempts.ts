import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end of a run which tests needed more than one attempt, so that a retry hides nothing. */
export class SecondAttempts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap(({ children, project, relativeModuleId }) =>
      Array.from(children.allTests())
        .filter((test) => (test.diagnostic()?.retryCount ?? 0) > 0)
        .map((test) => `  ${project.name} ${relativeModuleId} > ${test.fullName}: ${test.result().state}\n`),
    );
    process.stdout.write(
      lines.length === 0
        ? 'No test needed a second attempt.\n'
        : `Tests that needed a second attempt:\n${lines.join('')}`,
    );
  }
}
