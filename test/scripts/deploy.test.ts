// The dashboard and the alert rules that ship: all that they ask for is there to be asked for.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { metricsTable } from '../../scripts/docs/metrics-table.ts'

const pathOf = (name: string) =>
  fileURLToPath(new URL(`../../scripts/deploy/${name}`, import.meta.url))
const RULES = pathOf('prometheus-alerts.yaml')

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; description: string }
}

interface Panel {
  title: string
  type: string
  targets?: { expr: string; legendFormat: string }[]
}

const rules = (
  parse(readFileSync(RULES, 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(readFileSync(pathOf('grafana-dashboard.json'), 'utf8')) as {
  panels: Panel[]
}

/** Labels of every series that the server can give, by its name. */
const seriesLabels = (): Map<string, Set<string>> => {
  const known = new Map<string, Set<string>>()
  for (const line of metricsTable().split('\n')) {
    const [, name = '', type = '', labels = ''] = line.split('|').map((cell) => cell.trim())
    if (!name.startsWith('`')) continue
    const metric = name.replaceAll('`', '')
    const own = labels.match(/\w+/g) ?? []
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const suffix of suffixes) {
      known.set(metric + suffix, new Set([...own, ...(suffix === '_bucket' ? ['le'] : [])]))
    }
  }
  return known
}

const KNOWN = seriesLabels()
/** What Prometheus adds to whatever it scrapes. */
const ADDED = ['job', 'instance']

const metricsOf = (expr: string): string[] => expr.match(/\bsignalbox_\w+/g) ?? []

/** Labels by which an expression selects or groups, and those that its text shows. */
const labelsOf = (expr: string, text: string): string[] => [
  ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
  ...[...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label = '']) => label),
  ...[...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label),
]

const unknownIn = (expr: string, text: string): string[] => {
  const metrics = metricsOf(expr)
  const shared = [...metrics.flatMap((metric) => [...(KNOWN.get(metric) ?? [])]), ...ADDED]
  return [
    ...metrics.filter((metric) => !KNOWN.has(metric)),
    ...labelsOf(expr, text).filter((label) => !shared.includes(label)),
  ]
}

it('sees a metric and a label that there are not', () => {
  expect(unknownIn('sum by (shape) (signalbox_gone_total{job="a"})', '{{hue}}')).toEqual([
    'signalbox_gone_total',
    'shape',
    'hue',
  ])
})

describe('the alert rules', () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s asks for series and labels that the server has',
    (_, { expr, labels, annotations }) => {
      expect(metricsOf(expr)).not.toEqual([])
      expect(unknownIn(expr, `${annotations.summary} ${annotations.description}`)).toEqual([])
      expect(['critical', 'warning']).toContain(labels.severity)
    },
  )

  it('have a name each', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  })

  it('are taken by promtool', ({ skip }) => {
    const isInstalled = spawnSync('promtool', ['--version']).status === 0
    skip(!isInstalled, 'promtool is not installed, so that nobody asks it about the rules')
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', RULES], {
      encoding: 'utf8',
    })
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`)
  })
})

describe('the dashboard', () => {
  const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
  )

  it.each(queries)('%s asks for series and labels that the server has: %s', (_, expr, legend) => {
    expect(metricsOf(expr)).not.toEqual([])
    expect(unknownIn(expr, legend)).toEqual([])
  })

  it('has a query in every panel that is no heading', () => {
    const empty = dashboard.panels.filter(({ type, targets = [] }) => {
      return type !== 'row' && targets.length === 0
    })
    expect(empty).toEqual([])
    expect(queries.length).toBeGreaterThan(20)
  })
})
