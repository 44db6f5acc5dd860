// Distinct prompts of a wanted number of tokens, from the words of the held-out texts (which no index holds).
import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { AutoTokenizer, env } from '@xenova/transformers'
import type { EncoderConfig } from '../../src/config/config-schema.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { routingTextOf } from '../../src/core/prompt/prompt.ts'
import { modelsFolder } from '../../src/encoder/model-files.ts'

export interface PromptMaker {
  /** `count` prompts of `tokens` word pieces each (at most one long word more), all different from any made before. */
  make(tokens: number, count: number): string[]
}

/** A stride that is coprime to any number of words below it spreads the starts over all texts. */
const STRIDE = 7_919

const heldOutWords = (): string[] => {
  const file = join(projectRoot(), 'training-data', 'held-out.jsonl')
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.flatMap((line) => (JSON.parse(line) as { text: string }).text.split(/\s+/))
}

/**
 * Whether the router classifies the prompt as it is, so that decision and stock way read the same text: words joined at random may
 * look like a template or a constraint, which it leaves out. A long prompt is read at both ends, as every long one is.
 */
const isReadAsItIs = (prompt: string, maxChars: number): boolean => {
  const { text, flags } = routingTextOf(prompt, { maxChars, digest: () => '' })
  return text === prompt || flags.includes('long')
}

/**
 * Loads the tokenizer of `model`, a folder in models/; prompts stay within `max_chars`, so that none is cut.
 * WordPiece never joins words, so pieces can be summed by word.
 */
export const createPromptMaker = async (
  config: Pick<EncoderConfig, 'model' | 'max_chars'>,
): Promise<PromptMaker> => {
  const { model, max_chars: maxChars } = config
  env.allowRemoteModels = false
  env.localModelPath = dirname(join(modelsFolder(), model)) + sep
  const tokenizer = await AutoTokenizer.from_pretrained(model)
  const words = heldOutWords().map((word) => ({
    word,
    pieces: tokenizer.encode(word, null, { add_special_tokens: false }).length,
  }))
  const made = new Set<string>()
  let next = 0

  const makeOne = (tokens: number): string => {
    const taken: string[] = []
    let at = (next++ * STRIDE) % words.length
    for (let sum = 0; sum < tokens; at = (at + 1) % words.length) {
      const { word, pieces } = words[at] as (typeof words)[number]
      taken.push(word)
      sum += pieces
    }
    return taken.join(' ')
  }
  return {
    make: (tokens, count) => {
      const prompts: string[] = []
      for (let tries = 0; prompts.length < count; tries++) {
        if (tries > 20 * count) throw new Error(`no ${count} distinct prompts of ${tokens} tokens`)
        const prompt = makeOne(tokens)
        if (made.has(prompt) || prompt.length > maxChars || !isReadAsItIs(prompt, maxChars))
          continue
        made.add(prompt)
        prompts.push(prompt)
      }
      return prompts
    },
  }
}
