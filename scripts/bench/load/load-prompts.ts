// Prompts of a wanted number of words, each new: runs of words out of the held-out texts, begun at random.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../src/config/project-root.ts'
import type { Random } from '../../../src/core/statistics/random.ts'

export const createPrompts = (random: Random): ((words: number) => string) => {
  const file = join(projectRoot(), 'training-data', 'held-out.jsonl')
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const all = lines.flatMap((line) => (JSON.parse(line) as { text: string }).text.split(/\s+/))
  const pick = (below: number): number => Math.floor(random() * below)
  return (words) => {
    const from = pick(all.length - words)
    // One word from elsewhere, so that no run comes twice.
    return [...all.slice(from, from + words - 1), all[pick(all.length)]].join(' ')
  }
}
