// What our decision is held against: the way that the library's own documentation shows. Parent's half of stock-child.ts.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { buildModel } from '../commands/build-model.ts'
import type { FromStock } from './stock-child.ts'

export interface StockWay {
  /** Milliseconds that embedding `text` took, in the child. */
  embed(text: string): Promise<number>
  close(): void
}

/** Builds the plain int8 graph under `folder` and loads it in a child process. */
export const startStockWay = async (options: {
  folder: string
  threads: number
}): Promise<StockWay> => {
  const { folder } = await buildModel({ graph: 'plain', out: join(options.folder, 'stock-model') })
  const child = fork(new URL('./stock-child.js', import.meta.url), [
    folder,
    String(options.threads),
  ])
  const exited = once(child, 'exit').then(() => {
    throw new Error('the process of the stock way ended')
  })
  exited.catch(() => {}) // `embed` is what reports it
  const embed = async (text: string): Promise<number> => {
    const replied = once(child, 'message') as Promise<[FromStock]>
    child.send(text)
    const [reply] = await Promise.race([replied, exited])
    if ('why' in reply) throw new Error(`the stock way failed: ${reply.why}`)
    return reply.ms
  }
  await embed('Loads the model before anything is measured.')
  return { embed, close: () => child.disconnect() }
}
