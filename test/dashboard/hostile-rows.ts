// A row of every table of the database in which each column of text holds markup of its own, but those whose form decides whether
// the row is read at all. A column that is added is in the rows by itself.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { parse, stringify } from 'yaml'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { openDatabase } from '../../src/store/sqlite/open.ts'
import { toCompletionRow, toDecisionRow } from '../../src/store/sqlite/rows.ts'
import { rebuildUsage } from '../../src/store/sqlite/usage-table.ts'
import type { Site } from '../support/server.ts'
import { hostileDecision, markup } from './hostile-decision.ts'

const SCHEMA = fileURLToPath(new URL('../../src/store/sqlite/schema/', import.meta.url))

export const HASH = 'hostile-version'
/** In a value of the configuration: without quotes, which JSON would escape once more. */
export const IN_CONFIG = '<img src=x onerror=globalThis.pwned=1><b>described</b>'

export const schemaTables = async (): Promise<SQLiteTable[]> => {
  const files = readdirSync(SCHEMA).sort()
  const modules = await Promise.all(files.map((file) => import(join(SCHEMA, file))))
  return modules.flatMap((module) =>
    Object.values(module as object).filter((value) => is(value, SQLiteTable)),
  )
}

/** `table.column`, as the marks are named. */
const nameOf = (table: SQLiteTable, column: string): string => `${getTableName(table)}.${column}`

export const textColumns = (table: SQLiteTable): { key: string; name: string }[] =>
  Object.entries(getTableColumns(table))
    .filter(([, column]) => column.dataType === 'string')
    .map(([key, column]) => ({ key, name: nameOf(table, column.name) }))

type Values = Record<string, unknown>

/** JSON that holds the mark of its own column. */
const listed = (name: string): string => JSON.stringify([markup(name)])

const hostileYaml = (site: Site): string => {
  const config = parse(readFileSync(join(site.dir, 'signalbox.yaml'), 'utf8'))
  config.routes.code.description = IN_CONFIG
  return `# ${markup('config_versions.text')}\n${stringify(config)}`
}

export interface Hostile {
  decisionId: string
  exemplarId: string
}

/** Values that a row must have to be read: ids, JSON, words that decide where it stands. By name of the table. */
const fixedValues = (site: Site, { decisionId, exemplarId }: Hostile): Record<string, Values> => ({
  feedback: { id: 'vote', decisionId },
  shadow_decisions: { decisionId },
  alert_events: { id: 'alert', state: 'firing' },
  config_versions: { hash: HASH, text: hostileYaml(site) },
  config_activations: { id: '00000000-0000-7000-8000-000000000001', hash: HASH },
  gateway_keys: {
    ...{ id: 'key_hostile', roles: '["viewer"]', limits: '{}', revokedAtMs: null },
    ...{ models: listed('gateway_keys.models'), routes: listed('gateway_keys.routes') },
  },
  key_usage: { keyId: 'key_hostile', day: '2026-01-01' },
  evaluated_prompts: { scores: '{}', costs: '{}', embedding: new Float32Array(4) },
  stored_responses: { decisionId, input: '[]', response: '{}' },
  rulings: { subject: 'exemplar', subjectId: exemplarId, action: 'release' },
})

/** Sums are made of decisions. */
const DERIVED = ['usage_counts', 'usage_times']

const decisionValues = (decisionId: string, atMs: number): Values => {
  const { decision, completion } = hostileDecision(atMs, 1)
  const row: Values = {
    ...toDecisionRow({ ...decision, id: decisionId }, 'pending', 'full'),
    ...toCompletionRow(completion),
  }
  // What is JSON stays, and its inner texts are the hostile decision's own.
  const kept = Object.entries(row).filter(
    ([, value]) => value !== null && (typeof value !== 'string' || /^[[{]/.test(value)),
  )
  // Base64, and which list the row stands in.
  const fixed = { id: decisionId, outcome: 'served', wordLogits: null }
  return { ...Object.fromEntries(kept), ...fixed }
}

const filledRow = (table: SQLiteTable, fixed: Values, nowMs: number): Values => {
  const marks = textColumns(table).map(({ key, name }) => [key, markup(name)])
  const numbers = Object.entries(getTableColumns(table))
    .filter(([, { dataType, notNull }]) => dataType === 'number' && notNull)
    .map(([key]) => [key, key.endsWith('Ms') ? nowMs : 1])
  return { ...Object.fromEntries(numbers), ...Object.fromEntries(marks), ...fixed }
}

/** Writes the rows. @returns the columns that hold a mark, by `table.column` */
export const writeHostileRows = async (site: Site, hostile: Hostile): Promise<string[]> => {
  const nowMs = Date.now()
  const { client, db } = openDatabase({
    ...{ file: site.databaseFile, busyTimeoutMs: 1_000, readOnly: false, onCorrupt: 'refuse' },
    ...{ nowMs, migrations: MIGRATIONS },
  })
  const fixed = {
    ...fixedValues(site, hostile),
    decisions: decisionValues(hostile.decisionId, nowMs),
  }
  const tables = (await schemaTables()).filter((table) => !DERIVED.includes(getTableName(table)))
  // The others refer to decisions.
  tables.sort(
    (a, b) => Number(getTableName(b) === 'decisions') - Number(getTableName(a) === 'decisions'),
  )
  const marked: string[] = []
  for (const table of tables) {
    const row = filledRow(
      table,
      (fixed as Record<string, Values>)[getTableName(table)] ?? {},
      nowMs,
    )
    db.insert(table)
      .values(row as never)
      .run()
    for (const { key, name } of textColumns(table)) {
      if (String(row[key]).includes(markup(name)) || row[key] === listed(name)) marked.push(name)
    }
  }
  rebuildUsage(db)
  client.close()
  return marked
}
