// A job that adds numbers up, tells how far it is, and fails as it is told to.
import { RouterError } from '../../../dist/src/errors.js'

export const work = async ({ numbers, fail }, tellProgress) => {
  if (fail === 'known') throw new RouterError('invalid_exemplar', 'The third is bad.')
  if (fail === 'unknown') throw new TypeError('no such thing')
  numbers.forEach((_, i) => {
    tellProgress({ stage: 'add', done: i + 1, total: numbers.length })
  })
  return { sums: Float32Array.of(numbers.reduce((a, b) => a + b, 0)) }
}
