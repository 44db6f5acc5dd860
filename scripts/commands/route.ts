// signalbox route "text": the whole decision for one prompt, without a server and without an upstream call.
import { text as readAll } from 'node:stream/consumers'
import type { Command } from 'commander'
import { loadConfig } from '../../src/config/load-config.ts'
import type { Decision } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import { decisionJson } from '../../src/http/endpoints/decision-json.ts'
import { createRouter, type Router } from '../../src/index.ts'
import { note, percent, preview, printResult } from '../terminal/output.ts'

const SHOWN = 5
/** A person waits for the whole decision, where a server falls back to the default route after `encoder.deadline_ms`. */
const DEADLINE_MS = 30_000

const startRouter = (): Promise<Router> => {
  const loaded = loadConfig({ env: process.env, cwd: process.cwd() })
  const encoder = { ...loaded.config.encoder, deadline_ms: DEADLINE_MS }
  return createRouter({ loaded: { ...loaded, config: { ...loaded.config, encoder } } })
}

const describe = (decision: Decision, router: Router): string[] => {
  const { route, reason, model, confidence, threshold, scores, neighbours } = decision
  const texts = router.exemplars(neighbours.map(({ exemplarId }) => exemplarId))
  return [
    `route       ${route} (${reason}${decision.degradedBy ? ` by ${decision.degradedBy}` : ''})`,
    `model       ${model}`,
    `confidence  ${percent(confidence)} against a threshold of ${percent(threshold)}`,
    `generation  ${decision.indexGeneration ?? '–'}, ${decision.timings.totalMs.toFixed(1)} ms`,
    'scores',
    ...scores.slice(0, SHOWN).map((s) => `  ${percent(s.score).padStart(7)}  ${s.route}`),
    'nearest exemplars',
    ...neighbours
      .slice(0, SHOWN)
      .map(
        (n) =>
          `  ${n.similarity.toFixed(3)}  ${n.route}: ${preview(texts.get(n.exemplarId)?.text ?? '(text not stored)')}`,
      ),
  ]
}

const run = async (given: string, options: { json?: boolean }): Promise<void> => {
  const text = given === '-' ? await readAll(process.stdin) : given
  if (text.trim() === '') {
    throw new RouterError('invalid_request', 'The prompt is empty; give the text to route.')
  }
  note('starting the encoder …')
  const router = await startRouter()
  try {
    const decision = await router.route(text)
    const exemplars = (ids: string[]) => router.exemplars(ids)
    printResult(options, decisionJson(decision, exemplars), () => describe(decision, router))
  } finally {
    await router.close()
  }
}

export const registerRoute = (program: Command): void => {
  program
    .command('route')
    .argument('<text>', 'the prompt, or - to read it from standard input')
    .description(
      'Route one prompt: scores, confidence, threshold and nearest exemplars; no upstream call.',
    )
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExample:\n  signalbox route "why is my query slow"')
    .action(run)
}
