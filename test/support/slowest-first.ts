// The order in which the files of a run start: the slow ones first and the quick ones last, so that no worker is idle while
// another finishes a long file. Vitest alone orders by what it remembers of the last run, and a fresh clone has none.
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The slowest, longest first, by the tests' time in a whole run. */
const SLOWEST = [
  'test/faults/server-kill.test.ts',
  'test/scripts/training-commands.test.ts',
  'test/scripts/escape-corpus.test.ts',
  'test/encoder/build-model.test.ts',
  'test/scripts/eval-command.test.ts',
  'test/e2e/store-text.test.ts',
  'test/faults/server-keys.test.ts',
  'test/faults/server-lost-database.test.ts',
  'test/faults/server-lifecycle.test.ts',
  'test/faults/server-config.test.ts',
  'test/e2e/hostile-bodies.test.ts',
  'test/e2e/slow-clients.test.ts',
  'test/e2e/feedback-loop.test.ts',
]

/** Vitest takes a class here. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    const rank = (file: TestSpecification): number => {
      if (file.project.name === 'quick') return SLOWEST.length + 1
      const at = SLOWEST.indexOf(relative(root, file.moduleId))
      return at < 0 ? SLOWEST.length : at
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
