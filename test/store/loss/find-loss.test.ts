// A database that was opened, held against what its folder remembers.
import { describe, expect, it } from 'vitest'
import {
  findLoss,
  type LossEvidence,
  type Marker,
  type StoreFacts,
  type Traces,
} from '../../../src/store/loss/find-loss.ts'

const blank: StoreFacts = {
  storeId: 'new',
  isBlank: true,
  keys: 0,
  hasVotes: false,
  hasDecisions: false,
  replaces: null,
}
const used: StoreFacts = { ...blank, isBlank: false, keys: 2, hasVotes: true, hasDecisions: true }
const seen: Marker = { storeId: 'old', keys: 2, hasVotes: true, hasDecisions: true }
const untraced: Traces = { keysWereMade: false, votedGenerations: 0 }

const evidence = (changes: Partial<LossEvidence>): LossEvidence => ({
  facts: blank,
  marker: null,
  traces: untraced,
  ...changes,
})

describe('a folder with a marker', () => {
  it('misses nothing where its database is the one that was seen, or only grew', () => {
    const facts = { ...used, storeId: 'old', keys: 3 }
    expect(findLoss(evidence({ facts, marker: seen }))).toBeNull()
  })

  it('misses a database in the place of which a blank one stands', () => {
    expect(findLoss(evidence({ marker: seen }))).toEqual({
      kind: 'missing',
      message: 'The database is gone and an empty one is in use; it held 2 keys, votes, decisions.',
      hadKeys: true,
      storeId: 'old',
    })
  })

  it('misses a database in the place of which another stands', () => {
    expect(findLoss(evidence({ facts: used, marker: seen }))).toMatchObject({ kind: 'replaced' })
  })

  it('misses keys that the same database no longer holds', () => {
    const facts = { ...used, storeId: 'old', keys: 1 }
    expect(findLoss(evidence({ facts, marker: seen }))).toMatchObject({
      kind: 'incomplete',
      message: expect.stringMatching(/^1 of 2 keys are missing/),
      hadKeys: true,
    })
  })

  it('misses nothing where the database that went held nothing', () => {
    const marker = { storeId: 'old', keys: 0, hasVotes: false, hasDecisions: false }
    expect(findLoss(evidence({ marker }))).toBeNull()
  })

  it('says once that the database stands in for a damaged one', () => {
    const facts = { ...blank, replaces: 'signalbox.db.corrupt-1' }
    expect(findLoss(evidence({ facts, marker: seen }))).toMatchObject({
      kind: 'damaged',
      message: expect.stringContaining('signalbox.db.corrupt-1'),
      storeId: 'old',
    })
    const noted = { ...seen, storeId: 'new', keys: 0 }
    expect(findLoss(evidence({ facts, marker: noted }))).toBeNull()
  })

  it('misses keys that were made after the marker was written', () => {
    const marker = { storeId: 'old', keys: 0, hasVotes: false, hasDecisions: false }
    const traces = { ...untraced, keysWereMade: true }
    expect(findLoss(evidence({ marker, traces }))).toMatchObject({
      kind: 'missing',
      hadKeys: true,
    })
  })
})

describe('a folder of before there were markers', () => {
  it('misses nothing where the database is in use, or the folder is new', () => {
    expect(findLoss(evidence({}))).toBeNull()
    const traces = { keysWereMade: true, votedGenerations: 3 }
    expect(findLoss(evidence({ facts: used, traces }))).toBeNull()
  })

  it('misses the votes of its index generations beside a blank database', () => {
    const traces = { ...untraced, votedGenerations: 3 }
    expect(findLoss(evidence({ traces }))).toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('3 index generations'),
      hadKeys: false,
      storeId: null,
    })
  })

  it('keeps its database where retention has deleted every vote that was learnt from', () => {
    const facts = { ...blank, isBlank: false }
    expect(findLoss(evidence({ facts, traces: { ...untraced, votedGenerations: 3 } }))).toBeNull()
  })

  it('misses keys where there is their stamp and not one of them', () => {
    const facts = { ...blank, isBlank: false, hasDecisions: true }
    const traces = { ...untraced, keysWereMade: true }
    expect(findLoss(evidence({ facts, traces }))).toMatchObject({ kind: 'missing', hadKeys: true })
  })
})
