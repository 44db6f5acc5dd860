import { expect, it } from 'vitest'
import { defaultConfig } from '../../../src/config/default-config.ts'
import { checkConfig } from '../../../src/config/load-config.ts'
import type { FitReport } from '../../../src/core/classifier/classifier.ts'
import { fitOptions, stepFromParent } from '../../../src/training/rebuild/fit-options.ts'

const config = (training: Record<string, unknown> = {}) =>
  checkConfig({ ...defaultConfig({}), training }, 'the test configuration')

const parentUnder = (training: Record<string, unknown>) => {
  const fit = { ...fitOptions(config(training)) } as unknown as FitReport
  return { fit, classifier: { thresholds: { code: 0.4 } } } as unknown as Parameters<
    typeof stepFromParent
  >[0]
}

it('thresholds are held to those of a generation that was asked for the same', () => {
  const settings = { abstention_cost: 0.5, threshold_step: 0.05 }
  expect(stepFromParent(parentUnder(settings), config(settings))).toEqual({
    before: { code: 0.4 },
    step: 0.05,
  })
})

it('a changed price or bound takes effect at once, as does a first build', () => {
  const parent = parentUnder({})
  expect(stepFromParent(parent, config({ abstention_cost: 0.5 }))).toBeUndefined()
  expect(stepFromParent(parent, config({ wrong_route_rate: 0.1 }))).toBeUndefined()
  expect(stepFromParent(null, config())).toBeUndefined()
})
