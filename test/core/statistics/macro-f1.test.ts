import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { macroF1Of, numberOutcomes } from '../../../src/core/statistics/macro-f1.ts'

const names = fc.constantFrom('a', 'b', 'c', null)
const anyRows = fc.array(fc.record({ label: names, outcome: names }), {
  minLength: 1,
  maxLength: 30,
})

describe('macro-F1', () => {
  it('is worked out by hand, with abstentions and none-of-the-above rows', () => {
    const rows = [
      { label: 'a', outcome: 'a' },
      { label: 'a', outcome: 'b' },
      { label: 'b', outcome: 'b' },
      { label: 'b', outcome: null },
      { label: null, outcome: 'b' },
    ]
    // a: 2·1 / (2 + 1); b: 2·1 / (2 + 3)
    expect(macroF1Of(numberOutcomes(rows))).toBeCloseTo((2 / 3 + 2 / 5) / 2, 12)
  })

  it('is of the rows at the positions given, with repeats', () => {
    fc.assert(
      fc.property(anyRows, fc.infiniteStream(fc.nat()), (rows, stream) => {
        const drawn = Int32Array.from(rows, () => stream.next().value % rows.length)
        const direct = macroF1Of(
          numberOutcomes(Array.from(drawn, (row) => rows[row] as (typeof rows)[number])),
        )
        const figure = macroF1Of(numberOutcomes(rows), drawn)
        if (Number.isNaN(direct)) expect(figure).toBeNaN()
        else expect(figure).toBeCloseTo(direct, 12)
      }),
    )
  })

  it('is NaN where no row has a label', () => {
    expect(macroF1Of(numberOutcomes([{ label: null, outcome: 'a' }]))).toBeNaN()
  })
})
