import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGate } from '../../../scripts/report/describe-gate.ts'
import { mcnemar } from '../../../src/core/statistics/mcnemar.ts'
import {
  checkAbstention,
  checkCoverage,
} from '../../../src/training/gate/checks/abstention-checks.ts'
import { checkAccuracy } from '../../../src/training/gate/checks/accuracy-check.ts'
import { findAdditions } from '../../../src/training/gate/checks/additions.ts'
import { checkAdditions } from '../../../src/training/gate/checks/additions-check.ts'
import { checkCalibration } from '../../../src/training/gate/checks/calibration-check.ts'
import type { GateRow } from '../../../src/training/gate/checks/gate-row.ts'
import { checkHubs } from '../../../src/training/gate/checks/hubs-check.ts'
import { checkReplay } from '../../../src/training/gate/checks/replay-check.ts'
import { checkRobustness } from '../../../src/training/gate/checks/robustness-check.ts'
import { checkRoutes } from '../../../src/training/gate/checks/routes-check.ts'
import type { ReplayReport } from '../../../src/training/reports/gate-report.ts'
import { matrix } from '../../support/matrices.ts'

const row = (before: boolean, after: boolean, changes: Partial<GateRow> = {}): GateRow => {
  const outcome = (isRight: boolean) => ({
    isRight,
    isTaken: true,
    isTopRight: isRight,
    confidence: 0.9,
  })
  return {
    ...{
      set: 'file' as const,
      label: 'code',
      text: 'a prompt',
      serving: outcome(before),
      candidate: outcome(after),
    },
    ...changes,
  }
}

/** So many rows that both, only the serving, only the candidate and neither gets right. */
const rowsOf = (
  both: number,
  broken: number,
  fixed: number,
  neither = 0,
  changes: Partial<GateRow> = {},
): GateRow[] => {
  const many = (count: number, before: boolean, after: boolean) =>
    Array.from({ length: count }, () => row(before, after, changes))
  return [
    ...many(both, true, true),
    ...many(broken, true, false),
    ...many(fixed, false, true),
    ...many(neither, false, false),
  ]
}

const few = fc.integer({ min: 0, max: 40 })

describe('the accuracy check', () => {
  it('writes what it found so that it can be counted after', () => {
    const check = checkAccuracy(rowsOf(460, 10, 3, 31), 0.02)
    expect(check).toMatchObject({ verdict: 'passed', figures: { rows: 504, right: 463 } })
    expect(check.summary).toBe(
      'Right on 463 of 504 held-out prompts (serving: 470): fixes 3, breaks 10, p = 0.092.',
    )
  })

  it('fails beyond the drop that is allowed or beyond chance, and never where as much is mended', () => {
    fc.assert(
      fc.property(few, few, few, few, fc.double({ min: 0, max: 1, noNaN: true }), (...given) => {
        const [both, broken, fixed, neither, maxDrop] = given
        const rows = rowsOf(both, broken, fixed, neither)
        const { verdict } = checkAccuracy(rows, maxDrop)
        if (rows.length === 0) return expect(verdict).toBe('skipped')
        const { pValue } = mcnemar(broken, fixed)
        const isLarge =
          (broken - fixed) / rows.length > maxDrop && broken - fixed >= 3 && pValue / 2 < 0.1
        const isSignificant = broken > fixed && mcnemar(broken, fixed).pValue < 0.05
        expect(verdict).toBe(isLarge || isSignificant ? 'failed' : 'passed')
        if (fixed >= broken) expect(verdict).toBe('passed')
      }),
    )
  })
})

describe('the checks of each set', () => {
  it('see the operator’s prompts fall behind votes that were learnt', () => {
    const rows = [...rowsOf(80, 20, 0), ...rowsOf(40, 0, 60, 0, { set: 'votes' })]
    expect(checkAccuracy(rows, 0.01)).toMatchObject({
      name: 'accuracy',
      verdict: 'failed',
      figures: { rows: 100, fixes: 0, breaks: 20 },
    })
    expect(checkAccuracy(rows, 0.01, 'votes')).toMatchObject({
      name: 'votes',
      verdict: 'passed',
      figures: { rows: 100, fixes: 60, breaks: 0 },
    })
  })

  it('are skipped where a set has no prompts', () => {
    expect(checkAccuracy(rowsOf(5, 0, 0), 0.01, 'votes').verdict).toBe('skipped')
    expect(checkCoverage(rowsOf(5, 0, 0), 0.01).verdict).toBe('skipped')
  })
})

describe('the checks of what is turned away', () => {
  const taken = (before: boolean, after: boolean, changes: Partial<GateRow> = {}): GateRow => {
    const { serving, candidate, ...rest } = row(before, after, changes)
    return {
      ...rest,
      serving: { ...serving, isTaken: before },
      candidate: { ...candidate, isTaken: after },
    }
  }
  const many = (n: number, ...given: Parameters<typeof taken>): GateRow[] =>
    Array.from({ length: n }, () => taken(...given))

  it('fail where more of the prompts of a route are, though the rest is right', () => {
    const rows = [...many(90, true, true), ...many(10, true, false)]
    expect(checkAbstention(rows, 0.02)).toMatchObject({
      verdict: 'failed',
      figures: { rows: 100, turnedAway: 10, servingTurnedAway: 0 },
    })
    expect(checkAbstention(rows, 0.1).verdict).toBe('passed')
  })

  it('pass over prompts that no route fits, and take as many for others', () => {
    const none = many(50, true, false, { label: 'none' })
    const rows = [
      ...none,
      ...many(90, true, true),
      ...many(5, true, false),
      ...many(5, false, true),
    ]
    expect(checkAbstention(rows, 0)).toMatchObject({ verdict: 'passed', figures: { rows: 100 } })
  })

  it('judge callers’ prompts apart from the operator’s', () => {
    const rows = [...many(100, true, true), ...many(40, true, false, { set: 'votes' })]
    expect(checkAbstention(rows, 0.02).verdict).toBe('passed')
    expect(checkCoverage(rows, 0.02).verdict).toBe('failed')
  })
})

describe('the routes check', () => {
  const named = (label: string, ...counts: [number, number, number]) =>
    rowsOf(...counts, 0, { label, text: `${label}?` })

  it('names the route that fell and prompts it broke, though the whole gained', () => {
    const rows = [...named('math', 10, 12, 0), ...named('code', 20, 0, 30)]
    const check = checkRoutes(rows, 0.1)
    expect(check.verdict).toBe('failed')
    expect(check.summary).toBe(
      'Some routes are found less often: math falls from 100.0 % to 45.5 % (breaks 12 and fixes 0 of 22 prompts, such as "math?" and "math?").',
    )
  })

  it('holds one route of many to more, because one of many falls by chance', () => {
    const fallen = named('math', 15, 5, 0)
    const steady = Array.from({ length: 12 }, (_, i) => named(`route${i}`, 20, 0, 0)).flat()
    expect(checkRoutes(fallen, 0.1).verdict).toBe('failed')
    expect(checkRoutes([...fallen, ...steady], 0.1).verdict).toBe('passed')
  })

  it('lets a certain but small fall pass', () => {
    expect(checkRoutes(named('math', 500, 12, 0), 0.1).verdict).toBe('passed')
    expect(checkRoutes([], 0.1).verdict).toBe('skipped')
  })
})

describe('the calibration check', () => {
  const confident = (confidence: number) =>
    Array.from({ length: 100 }, (_, i): GateRow => {
      const isRight = i < 80
      const serving = { isRight, isTaken: true, isTopRight: isRight, confidence: 0.8 }
      return row(isRight, isRight, { serving, candidate: { ...serving, confidence } })
    })

  it('fails where claims drift from what comes true, on a hundred rows and more', () => {
    expect(checkCalibration(confident(0.82), 0.05).verdict).toBe('passed')
    const check = checkCalibration(confident(0.99), 0.05)
    expect(check.verdict).toBe('failed')
    expect(check.summary).toMatch(
      /^Claimed confidence is off by 19\.0 % on average \(serving: 0\.0 %\)/,
    )
    expect(checkCalibration(confident(0.99).slice(0, 99), 0.05).verdict).toBe('skipped')
  })
})

describe('the robustness check', () => {
  it('compares flips where both generations measured them', () => {
    const flips = (rate: number | null, copies: number) => rate && { rate, copies }
    const verdict = (serving: number | null, candidate: number | null, copies = 1_000) =>
      checkRobustness(
        { serving: flips(serving, copies) || null, candidate: flips(candidate, copies) || null },
        0.03,
      ).verdict
    expect(verdict(0.05, 0.081, 100)).toBe('passed')
    expect(verdict(0.05, 0.07)).toBe('passed')
    expect(verdict(0.05, 0.081)).toBe('failed')
    expect(verdict(null, 0.5)).toBe('skipped')
    expect(verdict(0.05, null)).toBe('skipped')
  })
})

describe('the replay check', () => {
  const votes = (rows: number, fixes: number, breaks: number) => ({
    ...{ rows, fixes, breaks },
    pValue: mcnemar(breaks, fixes).pValue,
  })
  const replayed = (changes: Partial<ReplayReport>) =>
    ({
      ...{ replayed: 12_000, changed: 372, changedShare: 0.031 },
      ...{ voted: votes(0, 0, 0), heldOut: votes(0, 0, 0) },
      ...changes,
    }) as ReplayReport

  it('says what it changes, mends and breaks', () => {
    const report = replayed({ voted: votes(214, 19, 4), heldOut: votes(43, 5, 1) })
    const check = checkReplay(report, 1)
    expect(check.verdict).toBe('passed')
    expect(check.summary).toBe(
      'Changes 3.1 % of the last 12,000 decisions; of the 214 with feedback it fixes 19 and breaks 4 (of 43 kept from training: 5 and 1, p = 0.22).',
    )
  })

  it('asks the votes kept from training before those that were trained on', () => {
    const flattered = { voted: votes(300, 60, 9), heldOut: votes(40, 0, 9) }
    expect(checkReplay(replayed(flattered), 1).verdict).toBe('failed')
    const unasked = { voted: votes(300, 0, 9), heldOut: votes(3, 0, 0) }
    expect(checkReplay(replayed(unasked), 1).verdict).toBe('failed')
  })

  it('fails where more changes than is allowed, and is skipped where nothing was replayed', () => {
    expect(checkReplay(replayed({}), 0.03)).toMatchObject({ verdict: 'failed' })
    expect(checkReplay(replayed({ replayed: 0 }), 0.03).verdict).toBe('skipped')
    expect(checkReplay(null, 1).verdict).toBe('skipped')
  })
})

describe('the hub check', () => {
  const input = {
    ...{ prompts: 400, exemplars: 1_000, kind: 'replayed' },
    hubs: [
      { exemplarId: 'old', route: 'code', prompts: 100 },
      { exemplarId: 'new', route: 'math', prompts: 30 },
    ],
    isNew: (id: string) => id === 'new',
  }

  it('names a new exemplar that is nearest to too many, and leaves an old one alone', () => {
    const check = checkHubs(input, 0.05)
    expect(check.verdict).toBe('failed')
    expect(check.summary).toContain('new of math (7.5 %)')
    expect(check.summary).not.toContain('old')
    expect(checkHubs(input, 0.08).verdict).toBe('passed')
  })

  it('takes no exemplar of a few for a hub, and says nothing on a few prompts', () => {
    expect(checkHubs({ ...input, exemplars: 40 }, 0.05).verdict).toBe('passed')
    expect(checkHubs({ ...input, prompts: 49 }, 0.05).verdict).toBe('skipped')
  })
})

describe('the additions', () => {
  const near = (x: number, y: number, z = 0) => {
    const length = Math.hypot(x, y, z)
    return [x / length, y / length, z / length]
  }
  const kept = {
    keptRoutes: [...Array(6).fill('math'), ...Array(6).fill('code')] as string[],
    keptRows: matrix([
      ...Array.from({ length: 6 }, (_, i) => near(1, 0.01 * i)),
      ...Array.from({ length: 6 }, (_, i) => near(0.01 * i, 1)),
    ]),
  }
  const added = (count: number, route: string) =>
    Array.from({ length: count }, (_, i) => ({ id: `n${i}`, route, source: 'feedback' as const }))
  const bunch = (count: number) => Array.from({ length: count }, (_, i) => near(1, 0, 0.001 * i))

  it('finds the cluster, its size and whose place it takes', () => {
    const found = findAdditions({ added: added(25, 'code'), addedRows: matrix(bunch(25)), ...kept })
    expect(found.clusters).toEqual([
      { route: 'code', source: 'feedback', size: 25, exemplarId: 'n0', contradicts: ['math'] },
    ])
    expect(found.loners).toHaveLength(25)
    const check = checkAdditions(found, { added: 25, removed: 0 })
    expect(check.verdict).toBe('failed')
    expect(check.summary).toContain('25 exemplars for code from feedback (one is n0), where math')
  })

  it('contradicts nobody in its own place, or where nobody is', () => {
    const own = findAdditions({ added: added(25, 'math'), addedRows: matrix(bunch(25)), ...kept })
    expect(own.clusters[0]?.contradicts).toEqual([])
    const far = Array.from({ length: 25 }, () => near(0, 0, 1))
    const alone = findAdditions({ added: added(25, 'law'), addedRows: matrix(far), ...kept })
    expect(alone).toMatchObject({ clusters: [{ size: 25, contradicts: [] }], loners: [] })
    expect(checkAdditions(alone, { added: 25, removed: 0 }).verdict).toBe('passed')
  })

  it('puts no two routes or sources into one cluster', () => {
    const mixed = [...added(2, 'code'), ...added(2, 'math')].map((one, i) => ({
      ...one,
      id: `m${i}`,
      source: i % 2 ? ('import' as const) : ('feedback' as const),
    }))
    const found = findAdditions({ added: mixed, addedRows: matrix(bunch(4)), ...kept })
    expect(found.clusters).toEqual([])
  })
})

it('describes a report in one line for the verdict and one for each check', () => {
  const checks = [checkAccuracy(rowsOf(90, 10, 0), 0.01), checkReplay(null, 1)]
  const report = {
    candidate: 5,
    against: 4,
    passed: false,
    checks,
    replay: null,
    durationMs: 3_210,
  }
  expect(describeGate(report)).toEqual([
    'The gate refuses generation 5, against generation 4: 1 of 2 checks failed (3.2 s).',
    '  FAIL accuracy     Right on 90 of 100 held-out prompts (serving: 100): fixes 0, breaks 10, p = 0.002. It loses 10.0 %; 1.0 % is allowed.',
    '  –    replay       There are no stored decisions to replay.',
  ])
})
