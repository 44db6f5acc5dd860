// Reads all stored outcomes in pages, so that the store's thread can write decisions in between.
import type { EvaluatedPrompt, ServedExample } from '../../core/records/model-outcome.ts'
import type { Store } from '../../store/store.ts'

const PAGE = 500

export async function* readEvaluated(
  store: Pick<Store, 'listEvaluatedPrompts'>,
): AsyncGenerator<EvaluatedPrompt> {
  for (let after: string | undefined; ; ) {
    const page = await store.listEvaluatedPrompts({ limit: PAGE, ...(after && { after }) })
    yield* page
    after = page.at(-1)?.id
    if (page.length < PAGE) return
  }
}

/** The newest `most` served requests that were scored or refused. */
export const readExamples = async (
  store: Pick<Store, 'listServedExamples'>,
  most: number,
): Promise<ServedExample[]> => {
  const found: ServedExample[] = []
  for (let before: string | undefined; found.length < most; ) {
    const limit = Math.min(PAGE, most - found.length)
    const page = await store.listServedExamples({ limit, ...(before && { before }) })
    found.push(...page)
    before = page.at(-1)?.id
    if (page.length < limit) break
  }
  return found
}
