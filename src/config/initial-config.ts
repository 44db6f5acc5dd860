// The embedded defaults as a commented signalbox.yaml: what `signalbox init` writes.
import { Document, isMap, isScalar } from 'yaml'
import { defaultConfig, describeDefaults } from './default-config.ts'

const HEAD = [
  'The configuration of Signalbox. Every key, its default and its unit: src/config/README.md, or signalbox config schema.',
  'Check it with: signalbox config check. A running server takes up changes by itself.',
]

/** Comments by top-level key. */
const COMMENTS: Record<string, string> = {
  providers:
    'Who is called. Keys are named by the environment variable that holds them, and never written here.',
  models:
    'Models by an id of your own. Prices and windows that are not given come from the price book: signalbox models list.',
  routes:
    'Classes of prompts; exemplars of ROUTE stand in training-data/ROUTE.jsonl. The first model serves, the others stand in.\nOther ways to choose: select: weighted, cheapest, fastest or balanced.',
  default_route: 'For what matches no other route.',
}

export const initialConfig = (env: NodeJS.ProcessEnv): string => {
  const document = new Document(defaultConfig(env))
  document.commentBefore = asComment([...HEAD, ...describeDefaults(env)])
  const { contents } = document
  if (!isMap(contents)) return String(document)
  for (const { key } of contents.items) {
    const comment = isScalar(key) ? COMMENTS[String(key.value)] : undefined
    if (!isScalar(key) || comment === undefined) continue
    key.commentBefore = asComment(comment.split('\n'))
    key.spaceBefore = true
  }
  return document.toString({ lineWidth: 120 })
}

const asComment = (lines: readonly string[]): string => lines.map((line) => ` ${line}`).join('\n')
