// signalbox explain: a past decision made again, offline, and held against what was recorded of it.
import type { Command } from 'commander'
import { RouterError } from '../../src/errors.ts'
import { decisionExplanationJson } from '../../src/http/endpoints/explain-json.ts'
import { explainDecision } from '../../src/receipts/explain-decision.ts'
import type { EmbedAnew } from '../../src/receipts/kept-turn.ts'
import type { Store } from '../../src/store/store.ts'
import { describeReceipt } from '../report/describe-receipt.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { printResult } from '../terminal/output.ts'

interface Options {
  last?: boolean
  embed?: boolean
  json?: boolean
}

const newestId = async (store: Store): Promise<string> => {
  const [newest] = (await store.listDecisions({ limit: 1 })).decisions
  if (newest) return newest.id
  throw new RouterError('decision_not_found', 'No decision is stored yet.')
}

const embedderOf = async (context: ScriptContext): Promise<EmbedAnew> => {
  const encoder = await context.singleEncoder()
  return async (text) => ({ row: await encoder.embed(text), encoderId: encoder.id })
}

const run = async (id: string | undefined, options: Options, context: ScriptContext) => {
  if ((id === undefined) === (options.last !== true)) {
    throw new RouterError('invalid_request', 'Give the id of one decision, or --last.')
  }
  const store = await context.store()
  const receipt = await explainDecision(id ?? (await newestId(store)), {
    store,
    indexDir: context.paths.index,
    ...(options.embed ? { embedAnew: await embedderOf(context) } : {}),
  })
  printResult(options, decisionExplanationJson(receipt), () => describeReceipt(receipt))
}

export const registerExplain = (program: Command): void => {
  program
    .command('explain [decision]')
    .description(
      'Make a past decision again from what was kept, and say whether it comes out the same and why.',
    )
    .option('--last', 'the newest decision')
    .option('--embed', 'embed the text anew where the embedding was not kept')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExamples:\n  signalbox explain --last\n  signalbox explain 0198c0de-…')
    .action((id: string | undefined, options: Options) =>
      withContext((context) => run(id, options, context)),
    )
}
