// Prompts of an encoder process that wait at the same time and have the same number of tokens share a run of the graph, where that
// gives each the row that it gets alone. Used by child.ts, which picks them, and transformers.ts, which runs them.
import type { OutputTensor } from './pool.ts'

/** What the graph is given of one text, by its names of inputs; one without types is all of the first type. */
export type Tokens = Record<'input_ids', number[]> & Partial<Record<string, number[]>>

/** A prompt as the graph reads it: one window, or several where it is longer than that. */
export type PreparedPrompt = readonly Tokens[]

/** More gain little, and the first waits for the last. */
const MOST_PROMPTS = 4
/** Longer prompts gain little: computing outweighs the reading of weights. */
const MOST_TOKENS = 64

export interface WaitingPrompt {
  job: number
  prompt: PreparedPrompt
}

/** Tokens of a prompt that can share a run; null for a long one. */
const sharedLength = ({ prompt: [window, ...more] }: WaitingPrompt): number | null => {
  const length = window?.input_ids.length ?? 0
  return more.length > 0 || length > MOST_TOKENS ? null : length
}

/** Removes and returns the first prompt and those of the others that can share its run. */
export const takeAlike = (waiting: WaitingPrompt[]): WaitingPrompt[] => {
  const first = waiting.shift()
  if (!first) return []
  const taken = [first]
  const length = sharedLength(first)
  for (let at = 0; length !== null && at < waiting.length && taken.length < MOST_PROMPTS; ) {
    if (sharedLength(waiting[at] as WaitingPrompt) === length) taken.push(...waiting.splice(at, 1))
    else at++
  }
  return taken
}

/** Outputs of one of `count` prompts of a run. */
export const outputsOf = (
  outputs: Record<string, OutputTensor>,
  at: number,
  count: number,
): Record<string, OutputTensor> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => {
      const size = data.length / count
      const own = (data as Float32Array).subarray(at * size, (at + 1) * size)
      return [name, { dims: [1, ...dims.slice(1)], data: own }]
    }),
  )

export interface Runs {
  prepare(text: string): PreparedPrompt
  alone(prompt: PreparedPrompt): Promise<Float32Array>
  together(prompts: readonly PreparedPrompt[]): Promise<Float32Array[]>
}

/** Pairs of as many tokens each. */
const PROBES = [
  ['four words and more', 'two or three others'],
  [
    'what is the name of the town that lies between the river and the sea',
    'how do we find why the light in the room of the house is out',
  ],
]

/**
 * Whether a graph gives prompts the same rows together as alone, found by running some. One that takes the range of its numbers from
 * all that it is given (dynamic quantisation) does not; nor does one that cannot take several.
 */
export const givesEqualRows = async ({ prepare, alone, together }: Runs): Promise<boolean> => {
  try {
    for (const texts of PROBES) {
      const prompts = texts.map(prepare)
      if (new Set(prompts.map(([window]) => window?.input_ids.length)).size > 1) return false
      const rows = await together(prompts)
      for (const [at, prompt] of prompts.entries()) {
        const row = await alone(prompt)
        if (!row.every((value, i) => value === rows[at]?.[i])) return false
      }
    }
    return true
  } catch {
    return false
  }
}
