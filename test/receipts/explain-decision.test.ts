import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, vi } from 'vitest'
import { principalOf } from '../../src/access/principal-of.ts'
import type { StoredKey } from '../../src/core/decide/gateway-key.ts'
import {
  type ExplainOptions,
  explainDecision,
  explainMany,
} from '../../src/receipts/explain-decision.ts'
import type { Receipt } from '../../src/receipts/receipt.ts'
import type { StoreText } from '../../src/store/store.ts'
import { smallRoute } from '../support/small-training.ts'
import { createPast, type Past, pastConfig } from './past.ts'

vi.setConfig({ testTimeout: 60_000 })

const TOOLS = { tools: [{ type: 'function', function: { name: 'f' } }] }

const PROMPTS = [
  'how long do I roast a chicken of three kilos',
  'my python function never ends, fix the loop',
  'a week in lisbon with a baby: what should I see',
  'is it worth paying off my mortgage early',
  'how do I learn ten pull ups',
  'turn the lights on',
  'zxcv qwer asdf',
  'write a bash script that removes old log files',
  'what visa do I need for kenya',
  'exercises for a stiff back',
]

const KEY: StoredKey = {
  id: 'k1',
  name: 'a key',
  owner: null,
  roles: ['inference'],
  models: null,
  routes: ['cooking', 'general'],
  limits: {},
  createdAtMs: 1,
  createdBy: 'cli',
  expiresAtMs: null,
  revokedAtMs: null,
  salt: '00',
  hash: '00',
}

/** One of each kind of decision; ids in the order of the asking. */
const askAll = async (past: Past): Promise<string[]> => {
  const ids: string[] = []
  for (const prompt of PROMPTS) ids.push(await past.ask([prompt], { user: 'ann' }))
  const [roast = '', loop = ''] = PROMPTS
  ids.push(
    await past.ask([roast, 'and for two kilos?']),
    await past.ask([loop, 'now in java', 'shorter']),
    await past.ask([roast], { sessionId: 's1' }),
    await past.ask(['yes'], { sessionId: 's1' }),
    await past.ask(['and with rice?'], { sessionId: 's1' }),
    await past.ask(['!!!'], { sessionId: 's1' }),
    await past.ask(['!!!']),
    await past.ask([roast], { model: 'route:travel' }),
    await past.ask([roast], { model: 'plain' }),
    await past.ask([roast], { body: TOOLS }),
    await past.ask([loop], { principal: principalOf(KEY, pastConfig()) }),
  )
  past.stopEncoder(true)
  ids.push(await past.ask(['what is compound interest']))
  past.stopEncoder(false)
  return ids
}

const optionsOf = ({ store, indexDir }: Past): ExplainOptions => ({ store, indexDir })

const explainAll = async (past: Past, ids: string[]): Promise<Receipt[]> =>
  (await explainMany(ids, optionsOf(past))).map((receipt) => {
    if (!receipt) throw new Error('a decision is not stored')
    return receipt
  })

const explainBoth = async (past: Past, ids: { none: string; unconfigured: string }) => {
  await past.store.flush()
  const [none, unconfigured] = await explainAll(past, [ids.none, ids.unconfigured])
  if (!none || !unconfigured) throw new Error('a decision is not stored')
  return { none, unconfigured }
}

/** What went wrong, for the message of a failing test. */
const problems = (receipts: readonly Receipt[]) =>
  receipts
    .filter(({ verdict }) => verdict !== 'reproduced')
    .map(({ verdict, reasons, differences, decision }) => ({
      asked: decision.routingText.text,
      reason: decision.reason,
      ...{ verdict, reasons, differences: differences.slice(0, 3) },
    }))

/** Changes a row behind the store's back. */
const tamper = async (past: Past, id: string, change: string): Promise<void> => {
  await past.store.flush()
  const db = new Database(past.databaseFile)
  expect(db.prepare(`update decisions set ${change} where id = ?`).run(id).changes).toBe(1)
  db.close()
}

describe.each<StoreText>(['full', 'hash', 'off'])('with store_text %s', (storeText) => {
  it('makes every kind of decision again across rebuilds, a rollback and a change of settings', async () => {
    const past = await createPast(storeText)
    await past.store.createKey(KEY)
    await past.configure(pastConfig())
    const ids: string[] = []
    await past.build()
    ids.push(...(await askAll(past)))
    await past.build([{ id: 'fb1', text: 'turn the lights on', route: 'code', source: 'feedback' }])
    past.wait(60_000)
    ids.push(...(await askAll(past)))
    await past.serve(1)
    ids.push(...(await askAll(past)))
    const strict = { models: ['plain', 'tooled'], threshold: 0.97 }
    await past.configure(pastConfig({ routes: { ...pastConfig().routes, cooking: strict } }))
    ids.push(...(await askAll(past)))
    await past.build([{ id: 'fb2', text: 'zxcv qwer asdf', route: 'travel', source: 'feedback' }])
    ids.push(...(await askAll(past)))

    const receipts = await explainAll(past, ids)
    expect(problems(receipts)).toEqual([])
    const seen = (of: (receipt: Receipt) => unknown) => [...new Set(receipts.map(of))].sort()
    expect(seen(({ decision }) => decision.reason)).toEqual([
      'below_threshold',
      'constrained',
      'degraded',
      'matched',
      'no_signal',
      'none_of_the_above',
      'pinned',
      'session',
    ])
    expect(seen(({ decision }) => decision.indexGeneration)).toEqual([1, 2, 3, null])
    expect(seen(({ decision }) => decision.inherited?.source)).toEqual(
      expect.arrayContaining(['history', 'memory']),
    )
    expect(seen(({ decision }) => decision.configVersion)).toHaveLength(2)
    // What says nothing is not kept, whatever is.
    const texts = receipts.filter(({ decision }) => decision.routingText.text !== '')
    expect(texts.length > 0).toBe(storeText === 'full')
  })
})

describe('a receipt', () => {
  const PROMPT = 'how long do I roast a chicken of three kilos'

  const asked = async (storeText: StoreText = 'full') => {
    const past = await createPast(storeText)
    await past.configure(pastConfig())
    await past.build()
    return { past, id: await past.ask([PROMPT]) }
  }

  it('says what each part said, and names the exemplars with their texts', async () => {
    const { past, id } = await asked()
    await past.build()
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt).toMatchObject({ verdict: 'reproduced', differences: [], reasons: [] })
    expect(receipt.exemplars[0]).toMatchObject({
      route: smallRoute('cooking'),
      text: 'how long do I roast a chicken of two kilos',
      isFor: true,
    })
    expect(receipt.explanation?.parts.map(({ part }) => part)).toContain('neighbours')
    expect(receipt.explanation?.whatIf.length).toBeGreaterThan(0)
  })

  it('holds the votes on the decision, and on no other', async () => {
    const { past, id } = await asked()
    const other = await past.ask(['how do I thicken a sauce'])
    const vote = {
      ...{ principal: 'local', verdict: 'bad' as const, correctRoute: 'code', score: null },
      ...{ comment: 'no', source: 'explicit' as const, implicitKind: null, createdAtMs: 5 },
    }
    await past.store.addFeedback({ ...vote, id: 'v1', decisionId: id })
    await past.store.addFeedback({ ...vote, id: 'v2', decisionId: other })
    const { votes } = await explainDecision(id, optionsOf(past))
    expect(votes).toEqual([{ ...vote, id: 'v1', decisionId: id }])
  })

  it('is refused for a decision that is not stored', async () => {
    const { past, id } = await asked()
    const unknown = id.replace('0198', '0199')
    await expect(explainDecision(unknown, optionsOf(past))).rejects.toMatchObject({
      code: 'decision_not_found',
    })
    expect(await explainMany([unknown, id], optionsOf(past))).toMatchObject([
      null,
      { verdict: 'reproduced' },
    ])
  })

  it('says that a generation is gone, and still shows what was recorded', async () => {
    const { past, id } = await asked()
    await rm(join(past.indexDir, 'g000001'), { recursive: true })
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt.verdict).toBe('not_reproducible')
    expect(receipt.reasons.join()).toMatch(/Generation 1 is gone: .*keep_generations/)
    expect(receipt.remade).toBeNull()
    expect(receipt.exemplars[0]).toMatchObject({ route: smallRoute('cooking'), text: null })
  })

  it('says that a generation is damaged', async () => {
    const { past, id } = await asked()
    await rm(join(past.indexDir, 'g000001', 'classifier.f32'))
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt).toMatchObject({ verdict: 'not_reproducible' })
    expect(receipt.reasons.join()).toMatch(/g000001.*classifier\.f32/)
  })

  it('says that a configuration was not kept, or was changed since', async () => {
    const { past, id } = await asked()
    await tamper(past, id, "config_version = 'c0ffeec0ffee'")
    expect(await explainDecision(id, optionsOf(past))).toMatchObject({
      verdict: 'not_reproducible',
      reasons: ['The configuration c0ffeec0ffee is not stored here.'],
    })
    await past.store.saveConfigVersion({
      ...{ hash: 'c0ffeec0ffee', text: 'routes: {}', author: 'someone', createdAtMs: 1 },
    })
    const { reasons } = await explainDecision(id, optionsOf(past))
    expect(reasons.join()).toMatch(/configuration c0ffeec0ffee was changed since/)
  })

  it.each([
    ['confidence = confidence + 0.001', 'confidence'],
    [`scores = json_set(scores, '$[0].score', 0.5)`, `scores.${smallRoute('cooking')}`],
    [`neighbours = json_set(neighbours, '$[0].exemplarId', 'other')`, 'neighbours.0'],
    [`route = '${smallRoute('code')}'`, 'route'],
    ["reason = 'below_threshold'", 'reason'],
    ["model = 'tooled'", 'model'],
    ["text = 'how long do I roast a duck'", 'routing_text.digest'],
  ])('differs where the row was changed by %s', async (change, field) => {
    const { past, id } = await asked()
    await tamper(past, id, change)
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt.verdict).toBe('differs')
    expect(receipt.differences.map((one) => one.field)).toContain(field)
    expect(receipt.remade).toMatchObject({
      route: smallRoute('cooking'),
      reason: 'matched',
      model: 'plain',
    })
    const why =
      field === 'routing_text.digest' ? /its digest differs/ : /does not follow from what it names/
    expect(receipt.reasons.join()).toMatch(why)
  })

  it('takes a difference in the last figures for rounding', async () => {
    const { past, id } = await asked()
    await tamper(past, id, 'confidence = confidence + 0.00000001')
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt).toMatchObject({ verdict: 'differs', differences: [{ field: 'confidence' }] })
    expect(receipt.reasons.join()).toMatch(/rounding/)
  })

  it('says that neighbours were found by exact search where the graph is lost', async () => {
    const { past, id } = await asked()
    await rm(join(past.indexDir, 'g000001', 'hnsw.bin'))
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt.verdict).toBe('differs')
    expect(receipt.remade).toMatchObject({ route: smallRoute('cooking'), reason: 'matched' })
    expect(receipt.reasons.join()).toMatch(/The codes or the graph of the generation do not serve/)
  })

  it('cannot tell what the words said where neither they nor the text are kept', async () => {
    const { past, id } = await asked('off')
    expect(await explainDecision(id, optionsOf(past))).toMatchObject({ verdict: 'reproduced' })
    await tamper(past, id, 'word_logits = null')
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt.verdict).toBe('not_reproducible')
    expect(receipt.reasons.join()).toMatch(/What the words said is not known/)
  })

  it('embeds anew only where it is told to', async () => {
    const { past, id } = await asked()
    await tamper(past, id, 'embedding = null')
    const { verdict, reasons } = await explainDecision(id, optionsOf(past))
    expect(verdict).toBe('not_reproducible')
    expect(reasons.join()).toMatch(/--embed/)
    const embedAnew = async (text: string) => ({
      row: await past.encoder.embed(text),
      encoderId: past.encoder.id,
    })
    const receipt = await explainDecision(id, { ...optionsOf(past), embedAnew })
    expect(receipt).toMatchObject({ verdict: 'reproduced' })
    expect(receipt.notes).toContain('The embedding was made anew from the text.')
    const other = async (text: string) => ({ ...(await embedAnew(text)), encoderId: 'other/1' })
    expect(await explainDecision(id, { ...optionsOf(past), embedAnew: other })).toMatchObject({
      verdict: 'not_reproducible',
    })
  })

  it('names the key where it may have been allowed something else', async () => {
    const { past } = await asked()
    await past.store.createKey(KEY)
    const principal = principalOf({ ...KEY, routes: ['cooking'] }, pastConfig())
    const id = await past.ask(['fix my python loop'], { principal })
    const receipt = await explainDecision(id, optionsOf(past))
    expect(receipt.verdict).toBe('differs')
    const fields = receipt.differences.map(({ field }) => field)
    expect(fields).toEqual(expect.arrayContaining(['route', 'model', 'confidence']))
    expect(receipt.reasons.join()).toMatch(/Key k1 may have been allowed/)
  })

  it('makes a decision again by the rules of its own time', async () => {
    const past = await createPast()
    await past.build()
    await past.configure(pastConfig())
    const [roast = ''] = PROMPTS
    const whole = await past.store.getDecision(await past.ask([roast]))
    const { [whole?.route ?? '']: _, ...routes } = pastConfig().routes
    await past.configure(pastConfig({ routes }))
    const old = {
      none: await past.ask(['turn the lights off']),
      unconfigured: await past.ask([roast]),
    }
    const { none, unconfigured } = await explainBoth(past, old)
    expect(none.decision).toMatchObject({ reason: 'none_of_the_above', threshold: null })
    expect(unconfigured.decision).toMatchObject({ reason: 'unconfigured_route', route: 'general' })
    expect([none.verdict, unconfigured.verdict]).toEqual(['reproduced', 'reproduced'])
    // As an earlier version of the program, which knew of no other rules, would have written them.
    const winner = (receipt: Receipt) => receipt.decision.scores.at(0)?.route
    const best = unconfigured.decision.scores.find(({ route }) => route in routes)?.route
    await tamper(past, old.none, "recipe = null, reason = 'below_threshold', threshold = 0")
    await tamper(past, old.unconfigured, `recipe = null, reason = 'matched', route = '${best}'`)
    const before = await explainBoth(past, old)
    expect(winner(before.none)).toBe('none')
    expect(before.none.remade).toMatchObject({ reason: 'below_threshold', threshold: 0 })
    expect(before.unconfigured.remade).toMatchObject({ route: best, reason: 'matched' })
    for (const [id, { remade }] of [
      [old.none, before.none],
      [old.unconfigured, before.unconfigured],
    ] as const) {
      await tamper(
        past,
        id,
        `confidence = ${remade?.confidence}, threshold = ${remade?.threshold}, model = '${remade?.model}'`,
      )
    }
    const again = await explainBoth(past, old)
    for (const { verdict, notes } of Object.values(again)) {
      expect(verdict).toBe('reproduced')
      expect(notes.join()).toMatch(/by version 1 of the rules/)
    }
  })

  it('does not judge a stand-in out of a list that came with the request', async () => {
    const { past } = await asked()
    const id = await past.ask([PROMPT], {
      body: { ...TOOLS, models: ['plain', 'tooled'] },
    })
    expect(await explainDecision(id, optionsOf(past))).toMatchObject({
      verdict: 'reproduced',
      notes: [expect.stringMatching(/plain could not serve is taken as recorded/)],
    })
    await tamper(past, id, "model = 'elsewhere'")
    expect(await explainDecision(id, optionsOf(past))).toMatchObject({
      verdict: 'not_reproducible',
    })
  })
})

describe('what the pipeline keeps for it', () => {
  it('is whose decision it was, as a digest, whatever the key', async () => {
    const past = await createPast()
    await past.configure(pastConfig())
    await past.build()
    const digest = createHash('sha256').update('ann').digest('hex')
    const principal = principalOf(KEY, pastConfig())
    const ids = [
      await past.ask(['fix my loop'], { user: 'ann' }),
      await past.ask(['fix my loop'], { user: 'ann', principal }),
      await past.ask(['fix my loop'], { user: '' }),
      await past.ask(['fix my loop']),
    ]
    const kept = await Promise.all(ids.map((id) => past.store.getDecision(id)))
    expect(kept.map((one) => one?.userDigest ?? null)).toEqual([digest, digest, null, null])
  })

  it('is what the words of the turn said, where its text is not kept', async () => {
    for (const storeText of ['full', 'hash', 'off'] as const) {
      const past = await createPast(storeText)
      await past.configure(pastConfig())
      await past.build()
      const asked = await past.store.getDecision(await past.ask(['fix my loop']))
      const pinned = await past.store.getDecision(
        await past.ask(['fix my loop'], { model: 'route:code' }),
      )
      expect(asked?.wordLogits?.length ?? 0).toBe(storeText === 'full' ? 0 : 6)
      expect(pinned?.wordLogits ?? null).toBeNull()
    }
  })
})

describe('a decision that the words alone made', () => {
  it.each(['full', 'hash', 'off'] as const)(
    'is reproduced with its confidence, text %s',
    async (storeText) => {
      const past = await createPast(storeText)
      await past.configure(pastConfig())
      await past.build([], null, { wordsAloneBias: 0, wordsAloneLimit: 0.4 })
      past.stopEncoder(true)
      const id = await past.ask(['write a bash script that rotates the log files'])
      const unsure = await past.ask(['zxcv qwer asdf'])
      const followUp = await past.ask(['write a bash script', 'and now in python'])
      const decision = await past.store.getDecision(id)
      expect(decision).toMatchObject({
        ...{ route: 'code', reason: 'degraded', degradedBy: 'internal', embedding: null },
        ...{ indexGeneration: 1, neighbours: [] },
      })
      expect(decision?.confidence).toBeGreaterThan(0.4)
      const [receipt, ...others] = await explainAll(past, [id, unsure, followUp])
      expect(receipt).toMatchObject({ verdict: 'reproduced', differences: [] })
      expect(receipt?.notes.join(' ')).toContain('The words alone decided')
      for (const other of others) {
        expect(other?.decision).toMatchObject({ route: 'general', indexGeneration: null })
        expect(other?.verdict).toBe('reproduced')
        expect(other?.notes.join(' ')).toContain('Nothing was classified')
      }
    },
  )
})

describe('a decision that the words made before the encoder', () => {
  const SURE = { wordsAloneBias: 0, wordsAloneLimit: 0.4, wordsFirstLimit: 0.4 }
  const PROMPT = 'write a bash script that rotates the log files'

  it.each(['full', 'hash', 'off'] as const)('is reproduced, text %s', async (storeText) => {
    const past = await createPast(storeText)
    await past.configure(pastConfig())
    await past.build([], null, SURE)
    past.pressEncoder(true)
    const id = await past.ask([PROMPT])
    const decision = await past.store.getDecision(id)
    expect(decision).toMatchObject({
      ...{ route: 'code', reason: 'words', degradedBy: 'words_first', embedding: null },
      ...{ indexGeneration: 1, neighbours: [] },
    })
    expect(decision?.confidence).toBeGreaterThan(0.4)
    const [receipt] = await explainAll(past, [id])
    expect(receipt).toMatchObject({ verdict: 'reproduced', differences: [] })
    expect(receipt?.notes.join(' ')).toContain('The encoder was busy')
  })

  it('is made of no other prompt: not at leisure, not of a follow-up, not where they are unsure or it is off', async () => {
    const past = await createPast('full')
    const reasonOf = async (turns: string[]) => {
      const decision = await past.store.getDecision(await past.ask(turns))
      return [decision?.reason, decision?.degradedBy]
    }
    await past.configure(pastConfig())
    await past.build([], null, SURE)
    expect(await reasonOf([`${PROMPT} daily`])).toEqual(['matched', null])
    past.pressEncoder(true)
    expect((await reasonOf(['write a bash script', 'and now in python']))[0]).not.toBe('words')
    expect((await reasonOf(['zxcv qwer asdf']))[0]).not.toBe('words')
    expect(await reasonOf([PROMPT])).toEqual(['words', 'words_first'])
    await past.build([], null, { ...SURE, wordsFirstLimit: 1 })
    expect(await reasonOf([`${PROMPT} weekly`])).toEqual(['matched', null])
    await past.build([], null, SURE)
    const { encoder, ...others } = pastConfig()
    await past.configure({ ...others, encoder: { ...encoder, words_first: false } })
    expect(await reasonOf([`${PROMPT} monthly`])).toEqual(['matched', null])
  })
})
