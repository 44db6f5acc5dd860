// The operations behind /admin/outcomes: outcomes of served requests, their totals, and the import of an evaluation. An import embeds
// one prompt at a time, because the server's own traffic has priority.
import type { Config } from '../../config/config-schema.ts'
import type { OutcomeTotals, ServedOutcome } from '../../core/records/model-outcome.ts'
import type { OutcomeQuery, Store } from '../../store/store.ts'
import { createShape } from '../exemplars/shape.ts'
import { type ImportedOutcomes, importOutcomes } from './import-outcomes.ts'
import type { OutcomeRow } from './outcome-file.ts'

export interface OutcomesAdmin {
  /** Newest first. */
  list(query: OutcomeQuery): Promise<ServedOutcome[]>
  /** By route and model, for requests since `sinceMs`. */
  totals(sinceMs: number): Promise<OutcomeTotals[]>
  /** @throws RouterError `encoder_*`, `store_unavailable` */
  importRows(rows: readonly OutcomeRow[], principal: string): Promise<ImportedOutcomes>
}

export interface OutcomesAdminDeps {
  config: Pick<Config, 'encoder' | 'storage'>
  store: Pick<Store, 'listServedOutcomes' | 'outcomeTotals' | 'addEvaluatedPrompts'>
  /** Whole row of a shaped text, and the encoder that made it. @throws RouterError `encoder_*` */
  embed: (text: string) => Promise<{ row: Float32Array; encoderId: string }>
  now: () => number
}

export const createOutcomesAdmin = ({
  config,
  store,
  embed,
  now,
}: OutcomesAdminDeps): OutcomesAdmin => {
  const shape = createShape(config.encoder.max_chars)
  return {
    list: store.listServedOutcomes,
    totals: store.outcomeTotals,
    importRows: async (rows, principal) => {
      const [first] = rows
      const { encoderId } = await embed(shape(first?.text ?? '').text)
      const embedAll = async (texts: readonly string[]): Promise<Float32Array[]> => {
        const embedded: Float32Array[] = []
        for (const text of texts) embedded.push((await embed(text)).row)
        return embedded
      }
      return importOutcomes(rows, principal, {
        ...{ store, encoderId, shape, now },
        embed: embedAll,
        storeText: config.storage.store_text,
      })
    },
  }
}
