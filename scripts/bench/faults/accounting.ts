// What is booked for a request that failed over: the served model is named and billed, and no attempt is lost.
import { setTimeout as pause } from 'node:timers/promises'
import { USAGE_VALUES } from '../../rig/fake-provider.ts'
import type { Reading, Received } from './client.ts'

/** As /v1/decisions/{id} answers it, as far as it is read here. */
interface Receipt {
  outcome: string
  served_model: string | null
  attempts: { model: string; status: number | null }[]
  usage: { prompt_tokens: number; completion_tokens: number; is_estimated: boolean } | null
  cost_usd: number | null
}

const WRITTEN_WITHIN_MS = 5_000
const PAUSE_MS = 25

/** A completion is written behind the answer's last byte. */
const completed = async (url: string, id: string): Promise<Receipt> => {
  const deadlineMs = performance.now() + WRITTEN_WITHIN_MS
  for (;;) {
    const response = await fetch(`${url}/v1/decisions/${id}`)
    const receipt = response.status === 200 ? ((await response.json()) as Receipt) : null
    if (receipt !== null && receipt.outcome !== 'pending') return receipt
    if (performance.now() > deadlineMs) throw new Error(`no completion of decision ${id}`)
    await pause(PAUSE_MS)
  }
}

export interface AccountingOptions {
  url: string
  received: Received
  reading: Reading
  /** The model that is to have served. */
  model: string
  usdPerMillion: { input: number; output: number }
  /** Calls in the provider's log. */
  calls: number
}

/** What is booked wrongly, or null. */
export const accountingProblem = async (options: AccountingOptions): Promise<string | null> => {
  const { received, reading, model, usdPerMillion, calls } = options
  const receipt = await completed(options.url, received.header('x-router-decision-id') ?? '')
  const { prompt_tokens: prompt, completion_tokens: completion } = USAGE_VALUES
  const cost = (prompt * usdPerMillion.input + completion * usdPerMillion.output) / 1_000_000
  const isCost = (value: unknown): boolean =>
    typeof value === 'number' && Math.abs(value - cost) < cost * 1e-9
  const facts: Record<string, boolean> = {
    'x-router-model': received.header('x-router-model') === model,
    'x-router-attempts': received.header('x-router-attempts') === String(calls),
    'usage.cost': isCost(reading.usage?.cost),
    outcome: receipt.outcome === 'served',
    served_model: receipt.served_model === model,
    attempts: receipt.attempts.length === calls && receipt.attempts.at(-1)?.model === model,
    usage:
      receipt.usage?.prompt_tokens === prompt &&
      receipt.usage.completion_tokens === completion &&
      !receipt.usage.is_estimated,
    cost_usd: isCost(receipt.cost_usd),
  }
  const wrong = Object.keys(facts).filter((name) => !facts[name])
  return wrong.length === 0 ? null : `booked wrongly: ${wrong.join(', ')}`
}
