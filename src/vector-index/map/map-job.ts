// Laying out a generation as a job: it takes seconds of a core, and some hundred megabytes while it runs.
import { entryPoint } from '../../jobs/entry-point.ts'
import { lowerPriority } from '../../jobs/priority.ts'
import { createJob, type JobWork } from '../../jobs/run-job.ts'
import type { Layout } from './map-file.ts'

export interface MapJob {
  indexDir: string
  generation: number
}

/** Null where there are too few exemplars for a layout of their own. The map is kept with the generation. */
export const work: JobWork<MapJob, Layout | null> = async (job, tellProgress) => {
  lowerPriority()
  // Here, so that whoever only starts the job does not load what does it.
  const { layOut } = await import('./lay-out.ts')
  const { openGeneration } = await import('../open-generation.ts')
  const { writeMap } = await import('./map-file.ts')
  const onProgress = (done: number) => tellProgress({ stage: 'map', done, total: 1 })
  const layout = await layOut(await openGeneration(job.indexDir, job.generation), { onProgress })
  if (layout) await writeMap(job.indexDir, job.generation, layout)
  return layout
}

/** @throws RouterError `index_invalid`, and as `RunJob` */
export const runMap = createJob<MapJob, Layout | null>({
  name: 'map',
  module: entryPoint(import.meta.url, './map-job.js'),
})
