import { tmpdir } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/support/slowest-first.ts'

/** What replaces modules: a process of its own for each file. */
const ALONE = [
  'test/core/classifier/out-of-fold.test.ts',
  'test/faults/index-full-disk.test.ts',
]

/** What starts nothing, and yet works for half a minute: on megabytes. */
const WITH_MEGABYTES = ['test/linearity.test.ts', 'test/dialects/linearity.test.ts']

/** What starts the server, a command, an encoder or a rebuild. */
const WITH_PROCESSES = [
  'test/conformance/**/*.test.ts',
  'test/dashboard/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  'test/encoder/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/scripts/**/*.test.ts',
  'test/training/rebuild*/**/*.test.ts',
  'test/training/rebuild*.test.ts',
  'test/training/{gate,replay,review}/**/*.test.ts',
  'test/receipts/{explain*,one-recipe}.test.ts',
  'test/http/admin-config.test.ts',
  'test/jobs/run-job.test.ts',
  'test/config/{reload,rollback}*.test.ts',
  'test/store/{data-lock,forget,sqlite-store}.test.ts',
  'test/vector-index/{build-lock,generation-store}.test.ts',
  'test/layering.test.ts',
]

/** What installs the package, which needs npm's registry and minutes: `npm run test:package`. */
const WITH_INSTALLS = ['test/package/{production,tarball}.install.ts']

/** Another user must reach these folders, and their root is mounted read-only: not in memory (test/support/build.ts). */
const ON_DISK = { TMPDIR: tmpdir() }

/** A sequencer of our own would silently overrule the option. */
const isShuffled = process.argv.some((word) => word.startsWith('--sequence.shuffle'))

export default defineConfig({
  test: {
    pool: 'forks', // onnxruntime-node cannot be loaded in a second worker thread of one process
    maxWorkers: 2,
    globalSetup: ['test/support/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...(isShuffled ? {} : { sequence: { sequencer: SlowestFirst } }),
    dangerouslyIgnoreUnhandledErrors: false,
    // What was compiled for one run serves the next, by a hash of each file, of this one and of the lockfile.
    experimental: { fsModuleCache: true, fsModuleCachePath: 'node_modules/.cache/vitest' },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...WITH_PROCESSES, ...WITH_MEGABYTES, ...ALONE],
          setupFiles: ['test/support/no-process.ts'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: [...WITH_PROCESSES, ...WITH_MEGABYTES],
          exclude: ALONE,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
      { extends: true, test: { name: 'package', include: WITH_INSTALLS, env: ON_DISK } },
    ],
  },
})
