// The order in which the files of a run start: the slow ones first and the quick ones last, so that no worker is idle while
// another finishes a long file. Vitest alone orders by what it remembers of the last run, and a fresh clone has none.
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Projects in the order of their running, the quick one last. */
const PROJECTS = ['package', 'alone', 'whole', 'quick']

/** The slowest, longest first, by the processor's time of their tests or by what they wait for. */
const SLOWEST = [
  'test/faults/server-kill.test.ts',
  'test/dashboard/frame.test.ts',
  'test/dashboard/decisions.test.ts',
  'test/scripts/escape-corpus.test.ts',
  'test/dashboard/learning.test.ts',
  'test/encoder/build-model.test.ts',
  'test/faults/store-kill.test.ts',
  'test/faults/server-lifecycle.test.ts',
  'test/e2e/first-hour.test.ts',
  'test/e2e/store-text.test.ts',
  'test/e2e/no-blocking.test.ts',
  'test/linearity.test.ts',
  'test/dialects/linearity.test.ts',
  'test/faults/server-damaged-index.test.ts',
  'test/dashboard/weight.test.ts',
  'test/dashboard/models.test.ts',
  'test/faults/store-io-errors.test.ts',
  'test/dashboard/routes.test.ts',
  'test/faults/server-keys.test.ts',
  'test/e2e/hostile-bodies.test.ts',
  'test/scripts/training-commands.test.ts',
  'test/faults/server-lost-database.test.ts',
]

/** Vitest takes a class here. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    // A worker is used again by the next file where that is of the same project.
    const rank = (file: TestSpecification): number => {
      const at = SLOWEST.indexOf(relative(root, file.moduleId))
      const within = at < 0 ? SLOWEST.length : at
      return PROJECTS.indexOf(file.project.name) * (SLOWEST.length + 1) + within
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
