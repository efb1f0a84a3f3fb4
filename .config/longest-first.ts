import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts the longest test file before the others, which then run beside it instead of before it. */
export class LongestFirst extends BaseSequencer {
  private static readonly longest = '/test/conformance/conformance.test.ts';

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(LongestFirst.longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}
