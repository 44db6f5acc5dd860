import { expect, it } from 'vitest'
import {
  entropyOf,
  isShapeFigure,
  readShape,
  shapeFigures,
  shapeOf,
} from '../../../src/core/alerting/traffic-shape.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { ordinary } from './made-traffic.ts'

it('is the same after it was kept as figures among others', () => {
  const random = createRandom(1)
  const shape = shapeOf(Array.from({ length: 300 }, () => ordinary(random)))
  const figures = shapeFigures(shape)
  expect(Object.keys(figures).every(isShapeFigure)).toBe(true)
  expect(readShape({ accuracy: 0.9, ...figures })).toEqual(shape)
})

it('is not there in figures of before it was kept', () => {
  expect(readShape({ accuracy: 0.9 })).toBeNull()
  expect(readShape(null)).toBeNull()
})

it('has no entropy where all go one way, and ln 2 where halves do', () => {
  expect(entropyOf({ code: 5, math: 0 })).toBe(0)
  expect(entropyOf({ code: 5, math: 5 })).toBeCloseTo(Math.LN2)
})
