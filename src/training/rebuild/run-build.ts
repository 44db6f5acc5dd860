// Parent's side of the build process: hands it the job, and turns its end into a manifest.
import { runChildJob } from '../../jobs/child-job.ts'
import { entryPoint } from '../../jobs/entry-point.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import type { BuildJob, BuildStage } from './build-job.ts'

export interface RunBuildOptions {
  onProgress?: (stage: BuildStage, done: number, total: number) => void
  /** Kills the build. */
  signal?: AbortSignal
  /** Another build module, for tests of its death. */
  entry?: URL
}

/**
 * Builds and writes a generation in a process of its own; it is not made current.
 * @throws RouterError of the build, `internal` (retryable) where the process died, or the signal's reason.
 */
export const runBuild = async (job: BuildJob, options: RunBuildOptions = {}): Promise<Manifest> => {
  const { onProgress, signal, entry = entryPoint(import.meta.url, './build-child.js') } = options
  return runChildJob<BuildJob, Manifest, BuildStage>({
    entry,
    job,
    name: 'build',
    ...(onProgress && {
      onProgress: ({ stage, done, total }) => onProgress(stage, done, total),
    }),
    ...(signal && { signal }),
  })
}
