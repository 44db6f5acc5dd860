import { describe, expect, it } from 'vitest'
import {
  type GroupedRow,
  groupRows,
  judgedLabel,
  tagsOf,
} from '../../../src/quality/evaluation/row-groups.ts'

const row = (more: Partial<GroupedRow> & { style?: string[] }): GroupedRow => ({
  text: 'two words',
  label: 'a',
  top: 'a',
  route: 'a',
  knnRoute: 'a',
  ...more,
  tags: tagsOf({ style: more.style }),
})

describe('figures by group', () => {
  it('count a row of several styles in each, the largest group first', () => {
    const { groups } = groupRows(
      [
        row({ style: ['terse', 'typos'] }),
        row({ style: ['terse'], route: null }),
        row({ style: ['terse'], route: 'b', top: 'b', knnRoute: 'b' }),
        row({}),
      ],
      'style',
    )
    expect(groups).toEqual([
      { name: 'terse', rows: 3, right: 1, topRight: 2, knnRight: 2, falseAbstentions: 1 },
      { name: 'typos', rows: 1, right: 1, topRight: 1, knnRight: 1, falseAbstentions: 0 },
      { name: '(untagged)', rows: 1, right: 1, topRight: 1, knnRight: 1, falseAbstentions: 0 },
    ])
  })

  it('by length go by words', () => {
    const texts = ['one', 'w '.repeat(80), 'w '.repeat(81), 'w '.repeat(301)]
    const { groups } = groupRows(
      texts.map((text) => row({ text })),
      'length',
    )
    expect(groups.map(({ name }) => name)).toEqual([
      'up to 20 words',
      '21 to 80 words',
      '81 to 300 words',
      'more than 300 words',
    ])
  })

  it('take a row that no route fits for right where none was taken', () => {
    const rows = [row({ label: 'oos', top: 'none', route: null }), row({ label: 'none' })]
    const [group] = groupRows(rows, 'source').groups
    expect(group).toMatchObject({ rows: 2, right: 1, topRight: 1, falseAbstentions: 0 })
  })
})

describe('the label that a row is judged by', () => {
  it('is another right route where that was taken, or was the best', () => {
    expect(judgedLabel('a', ['b'], { top: 'b', route: 'b' })).toBe('b')
    expect(judgedLabel('a', ['b'], { top: 'b', route: null })).toBe('b')
  })

  it('is its own where that was taken, or neither was', () => {
    expect(judgedLabel('a', ['b'], { top: 'b', route: 'a' })).toBe('a')
    expect(judgedLabel('a', ['b'], { top: 'c', route: 'c' })).toBe('a')
    expect(judgedLabel('a', [], { top: null, route: null })).toBe('a')
  })
})

it('tags of a row are texts or lists of texts; the rest is passed over', () => {
  expect(tagsOf({ also: 'b', style: ['x', 3, ''], language: null })).toEqual({
    also: ['b'],
    style: ['x'],
    language: [],
    source: [],
  })
})
