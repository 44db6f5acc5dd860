import { expect, it } from 'vitest'
import { groupBy } from '../../src/core/group-by.ts'

it('keeps the order of rows, and of keys as they first come', () => {
  const groups = groupBy(['pear', 'fig', 'plum', 'apple', 'lime'], (word) => word.length)
  expect([...groups]).toEqual([
    [4, ['pear', 'plum', 'lime']],
    [3, ['fig']],
    [5, ['apple']],
  ])
})

it('has no group of no rows', () => {
  expect([...groupBy<string, string>([], (word) => word)]).toEqual([])
})
