// signalbox outcomes import|list|stats|export over the database, beside a running server or without one.
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import type { OutcomeTotals, ServedOutcome } from '../../src/core/records/model-outcome.ts'
import { embedTexts } from '../../src/training/exemplars/embed-exemplars.ts'
import { createShape } from '../../src/training/exemplars/shape.ts'
import { importOutcomes } from '../../src/training/outcomes/import-outcomes.ts'
import { readOutcomeRows } from '../../src/training/outcomes/outcome-file.ts'
import { readEvaluated } from '../../src/training/outcomes/read-kept.ts'
import type { ScriptContext } from '../terminal/context.ts'
import { percent, preview, printJson, printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

const DAY_MS = 86_400_000
const PAGE = 500

export const importFile = async (
  context: ScriptContext,
  file: string,
  options: { dryRun?: boolean; json?: boolean },
): Promise<void> => {
  const rows = await readOutcomeRows(file)
  const models = [...new Set(rows.flatMap(({ scores }) => Object.keys(scores)))].sort()
  const unknown = models.filter((model) => !Object.hasOwn(context.config.models, model))
  const notes =
    unknown.length > 0 ? [`Not configured, so never chosen: ${unknown.join(', ')}.`] : []
  if (options.dryRun) {
    printResult(options, { written: false, rows: rows.length, models, unknown }, () => [
      `${rows.length} rows of ${models.length} models are fine; nothing was written (--dry-run).`,
      ...notes,
    ])
    return
  }
  const encoder = await context.encoder()
  const { dimensions } = encoder
  const embed = async (texts: readonly string[]): Promise<Float32Array[]> => {
    const { vectors } = await embedTexts(texts, { encoder, concurrency: 8 })
    return texts.map((_, i) => vectors.slice(i * dimensions, (i + 1) * dimensions))
  }
  const imported = await importOutcomes(rows, LOCAL_PRINCIPAL.id, {
    store: await context.store(),
    storeText: context.config.storage.store_text,
    encoderId: encoder.id,
    shape: createShape(context.config.encoder.max_chars),
    ...{ embed, now: Date.now },
  })
  printResult(options, { written: true, ...imported, unknown }, () => [
    `${imported.rows} rows: ${imported.added} added, ${imported.replaced} replaced; ${imported.priced} with costs.`,
    ...notes,
    'They count from the next build on: signalbox rebuild',
  ])
}

const usd = (value: number | null): string => (value === null ? '–' : value.toFixed(6))
const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(0))
const score = (value: number | null): string => (value === null ? '–' : value.toFixed(2))

const endOf = ({ outcome, flaw, isRegenerated, errorCode }: ServedOutcome): string =>
  [outcome === 'served' ? null : (errorCode ?? outcome), flaw, isRegenerated ? 'regenerated' : null]
    .filter((word) => word !== null)
    .join(', ') || 'served'

export const listOutcomes = async (
  { store }: ScriptContext,
  { limit, route, json = false }: { limit: number; route?: string; json?: boolean },
): Promise<void> => {
  const query = { limit, ...(route !== undefined && { route }) }
  const outcomes = await (await store()).listServedOutcomes(query)
  printResult({ json }, { outcomes }, () =>
    outcomes.length === 0
      ? ['There are no such outcomes.']
      : table([
          ['decision', 'route', 'model', 'score', 'USD', 'first token ms', 'ms', 'end', 'prompt'],
          ...outcomes.map((one) => [
            ...[one.id, one.route, one.model, score(one.score), usd(one.costUsd)],
            ...[ms(one.firstTokenMs), ms(one.totalMs), endOf(one), preview(one.text ?? '–', 40)],
          ]),
        ]),
  )
}

const totalsRow = (one: OutcomeTotals): string[] => [
  ...[one.route, one.model, String(one.requests), percent(one.served / one.requests)],
  ...[`${score(one.score)} (${one.scored})`, usd(one.costUsd), ms(one.firstTokenMs)],
  ...[ms(one.totalMs), String(one.truncated), String(one.refused), String(one.regenerated)],
]

export const outcomeStats = async (
  { store }: ScriptContext,
  { days, json = false }: { days: number; json?: boolean },
): Promise<void> => {
  const opened = await store()
  const totals = await opened.outcomeTotals(Date.now() - days * DAY_MS)
  const evaluated = new Map<string, number>()
  for await (const { scores } of readEvaluated(opened)) {
    for (const model of Object.keys(scores)) evaluated.set(model, (evaluated.get(model) ?? 0) + 1)
  }
  const imported = Object.fromEntries([...evaluated].sort())
  printResult({ json }, { days, totals, imported }, () => [
    ...(totals.length === 0
      ? [`Nothing was served in the last ${days} days.`]
      : table([
          [
            ...['route', 'model', 'requests', 'served', 'score (votes)', 'USD', 'first token ms'],
            ...['ms', 'truncated', 'refused', 'regenerated'],
          ],
          ...totals.map(totalsRow),
        ])),
    ...(evaluated.size === 0
      ? ['No evaluation is imported.']
      : [
          '',
          ...table([
            ['evaluated model', 'prompts'],
            ...Object.entries(imported).map(([model, prompts]) => [model, String(prompts)]),
          ]),
        ]),
  ])
}

/** In the form that `import` takes; of a served request with one model. */
export const exportOutcomes = async ({ store }: ScriptContext): Promise<void> => {
  const opened = await store()
  for await (const { text, label, scores, costs } of readEvaluated(opened)) {
    printJson({ text, label, scores, ...(Object.keys(costs).length > 0 && { cost: costs }) })
  }
  for (let before: string | undefined; ; ) {
    const page = await opened.listServedOutcomes({ limit: PAGE, ...(before && { before }) })
    for (const { id, createdAtMs, selection: _, ...outcome } of page) {
      printJson({ decision_id: id, created_at: new Date(createdAtMs).toISOString(), ...outcome })
    }
    before = page.at(-1)?.id
    if (page.length < PAGE) return
  }
}
