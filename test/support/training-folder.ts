// A training-data folder of its own for each test, and a configuration to go with it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Config, configSchema } from '../../src/config/config-schema.ts'
import { createRouteLabels } from './route-labels.ts'

/** An empty folder that is removed when the test has finished. */
export const temporaryFolder = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

export { writeTraining } from '../../scripts/rig/training-files.ts'

export const exampleConfig = (routes: string[] = ['code', 'math', 'writing']): Config =>
  configSchema.parse({
    providers: { echo: { kind: 'echo' } },
    models: { small: { provider: 'echo', name: 'small' } },
    routes: Object.fromEntries(
      [...routes, 'general'].map((route) => [route, { models: ['small'] }]),
    ),
    default_route: 'general',
  })

const TEXTS: Record<string, string[]> = {
  code: [
    'write a python function that sorts a list',
    'fix this javascript function for me',
    'debug the python script that fails',
    'refactor a java class into functions',
    'why does my python loop never end',
    'write a bash script that renames files',
  ],
  math: [
    'solve the equation for x squared',
    'integrate x squared from zero to one',
    'what is the derivative of sine x',
    'prove that the sum of angles is constant',
    'compute the determinant of this matrix',
    'solve the quadratic equation with a minus sign',
  ],
  writing: [
    'compose a poem about the autumn sea',
    'write a birthday toast for my sister',
    'draft a cover letter for a museum job',
    'a short story about a lighthouse keeper',
    'compose a wedding speech for my brother',
    'write a limerick about the autumn rain',
  ],
  none: ['turn the lights off', 'set a timer for ten minutes', 'call my mother now'],
}

/** What the example's texts about a subject are labelled with: `exampleRoute('code')`. */
export const exampleRoute = createRouteLabels(['code', 'math', 'writing'])

/** Six exemplars for each of code, math and writing, a file a route, and three for none. */
export const exampleTraining = (): Record<string, object[]> =>
  Object.fromEntries(
    Object.entries(TEXTS).map(([subject, texts]) => [
      `${exampleRoute(subject)}.jsonl`,
      texts.map((text) => ({ text, route: exampleRoute(subject), source: 'seed' })),
    ]),
  )
