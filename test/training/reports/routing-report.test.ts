import { describe, expect, it } from 'vitest'
import {
  routeQualities,
  routingReport,
  routingReportSchema,
} from '../../../src/training/reports/routing-report.ts'

const row = (label: string, route: string | null, confidence = 0.9) => ({
  label,
  route,
  top: route,
  confidence,
})

const ROWS = [
  row('code', 'code'),
  row('code', 'math'),
  row('code', null),
  row('math', 'math'),
  row('math', 'code'),
  row('none', 'math'),
  row('writing', 'writing'),
]

describe('the routing of held-out prompts', () => {
  it('is told as precision and recall of each route, with the one it is most mistaken for', () => {
    const qualities = routeQualities(routingReport(ROWS))
    expect([...qualities.keys()]).toEqual(['code', 'math', 'writing'])
    expect(qualities.get('code')).toEqual({
      route: 'code',
      precision: 1 / 2,
      recall: 1 / 3,
      rows: 3,
      rival: { route: 'math', rows: 2 },
    })
    expect(qualities.get('math')).toMatchObject({ precision: 1 / 3, recall: 1 / 2 })
    expect(qualities.get('writing')).toMatchObject({ precision: 1, recall: 1, rival: null })
  })

  it('says nothing of the precision of a route that was never taken', () => {
    const qualities = routeQualities(routingReport([row('code', null), row('math', 'math')]))
    expect(qualities.get('code')).toMatchObject({ precision: null, recall: 0, rows: 1 })
  })

  it('holds every row once, and is read back as it was written', () => {
    const report = routingReport(ROWS)
    const cells = report.counts.flat().reduce((sum, count) => sum + count, 0)
    expect(cells).toBe(ROWS.length)
    expect(report.bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS.length)
    expect(routingReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
  })
})
