import { describe, expect, it } from 'vitest'
import { leftOutFolds } from '../../../src/quality/evaluation/left-out-folds.ts'
import { tagsOf } from '../../../src/quality/evaluation/row-groups.ts'

const styled = (...styles: string[]) => ({ tags: tagsOf({ style: styles }) })

describe('folds that leave out whole styles', () => {
  const rows = [
    ...Array.from({ length: 6 }, () => styled('exam')),
    ...Array.from({ length: 4 }, () => styled('chat')),
    ...Array.from({ length: 3 }, () => styled('email')),
    styled('chat', 'exam'),
    styled(),
  ]
  const folds = leftOutFolds(rows, 'style', { folds: 2, seed: 1 })

  it('deal the largest first, each to the emptiest fold', () => {
    expect(folds.map(({ names }) => names)).toEqual([['exam'], ['chat', 'email']])
    expect(folds.map(({ tested }) => tested.length)).toEqual([6, 8])
  })

  it('train on no row that has any style of those left out', () => {
    for (const { names, trained } of folds) {
      const seen = trained.flatMap((row) => rows[row]?.tags.style ?? [])
      expect(seen.filter((style) => names.includes(style))).toEqual([])
    }
  })

  it('ask about each tagged row once, about an untagged one never, though every fold is trained on it', () => {
    const asked = folds.flatMap(({ tested }) => tested).sort((a, b) => a - b)
    expect(asked).toEqual([...Array(14).keys()])
    expect(folds.every(({ trained }) => trained.includes(14))).toBe(true)
  })

  it('are as many as there are styles where these are few, and none where nothing is tagged', () => {
    expect(leftOutFolds([styled('chat')], 'style', { seed: 1 })).toHaveLength(1)
    expect(leftOutFolds([styled(), {}], 'style', { seed: 1 })).toEqual([])
  })
})

it('random rows are asked about once each by folds that were trained on all others', () => {
  const rows = Array.from({ length: 10 }, () => ({}))
  const folds = leftOutFolds(rows, 'rows', { folds: 3, seed: 7 })
  const asked = folds.flatMap(({ tested }) => tested)
  expect([...asked].sort((a, b) => a - b)).toEqual([...Array(10).keys()])
  for (const { trained, tested } of folds) {
    expect([...trained, ...tested].sort((a, b) => a - b)).toEqual([...Array(10).keys()])
  }
  expect(leftOutFolds(rows, 'rows', { folds: 3, seed: 7 })).toEqual(folds)
})
