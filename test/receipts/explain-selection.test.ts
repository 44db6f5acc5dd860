// A past choice of a model is made again from what the decision keeps of it.
import Database from 'better-sqlite3'
import { describe, expect, it, vi } from 'vitest'
import { SELECT_NAMES } from '../../src/core/select/policies.ts'
import { explainMany } from '../../src/receipts/explain-decision.ts'
import { createPast, type Past, pastConfig } from './past.ts'

vi.setConfig({ testTimeout: 60_000 })

const PROMPTS = ['fix my python loop', 'roast a chicken', 'a week in lisbon', 'pay off my mortgage']

/** Three priced models on every route. */
const configOf = (select: unknown) =>
  pastConfig({
    models: Object.fromEntries(
      ['a', 'b', 'c'].map((name, i) => [
        name,
        {
          ...{ provider: 'demo', name, output_usd_per_million: i + 2 },
          input_usd_per_million: i + 1,
        },
      ]),
    ),
    routes: Object.fromEntries(
      ['code', 'cooking', 'travel', 'finance', 'fitness', 'general'].map((route) => [
        route,
        { models: ['a', 'b', 'c'], select },
      ]),
    ),
  })

const explainAll = async (past: Past, ids: readonly string[]) => {
  await past.store.flush()
  return (await explainMany(ids, past)).filter((receipt) => receipt !== null)
}

const askAll = async (past: Past): Promise<string[]> => {
  const ids: string[] = []
  for (const [i, prompt] of PROMPTS.entries()) {
    const session = { sessionId: `s${i}` }
    ids.push(await past.ask([prompt]), await past.ask([prompt, 'shorter please']))
    ids.push(await past.ask([prompt], session), await past.ask(['and now?'], session))
    ids.push(await past.ask([prompt], { ...session, isToolStep: true }))
    ids.push(await past.ask([prompt], { model: 'b' }))
  }
  return ids
}

describe.each(SELECT_NAMES)('a model chosen by %s', (policy) => {
  it('comes out the same from the record, chances and costs included', async () => {
    const past = await createPast('hash')
    await past.build()
    await past.configure(configOf(policy))
    const ids = await askAll(past)
    // What is configured and known now does not matter.
    await past.configure(configOf('first'))
    const receipts = await explainAll(past, ids)
    expect(receipts.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'reproduced'))
    const chosen = receipts.filter(({ decision }) => decision.selection)
    expect(chosen).toHaveLength(policy === 'first' ? 0 : PROMPTS.length * 5)
  })
})

it('says where a row names a model that the policy did not choose', async () => {
  const past = await createPast('full')
  await past.build()
  await past.configure(configOf('weighted'))
  const id = await past.ask(['roast a chicken'])
  await past.store.flush()
  const db = new Database(past.databaseFile)
  const { model } = db.prepare('select model from decisions where id = ?').get(id) as {
    model: string
  }
  const other = model === 'a' ? 'b' : 'a'
  db.prepare('update decisions set model = ? where id = ?').run(other, id)
  db.close()
  const [receipt] = await explainAll(past, [id])
  expect(receipt?.verdict).toBe('differs')
  expect(receipt?.differences).toContainEqual({ field: 'model', stored: other, remade: model })
})
