// Explaining beside a server and on the command line: the same receipt, made in a process of its own.
import { describe, expect, it, vi } from 'vitest'
import { decisionExplanationSchema } from '../../src/http/endpoints/explain-schemas.ts'
import { createExplainer } from '../../src/receipts/explainer.ts'
import { createWorkspace } from '../scripts/run-command.ts'
import { smallRoute } from '../support/small-training.ts'
import { createPast, pastConfig } from './past.ts'

vi.setConfig({ testTimeout: 60_000 })

const PROMPT = 'how long do I roast a chicken of three kilos'

const setUp = async () => {
  const past = await createPast()
  await past.configure(pastConfig())
  await past.build()
  const ids = [await past.ask([PROMPT]), await past.ask(['fix my python loop'])]
  return { past, ids }
}

describe('the explaining process', () => {
  it('answers all that ask at once, with what is not written yet, and refuses an unknown id alone', async () => {
    const { past, ids } = await setUp()
    const explainer = createExplainer(past)
    const asked = [...ids, 'nobody', ...ids].map((id) => explainer.explain(id))
    const answers = await Promise.allSettled(asked)
    expect(answers).toMatchObject([
      { value: { verdict: 'reproduced', decision: { id: ids[0], route: smallRoute('cooking') } } },
      { value: { verdict: 'reproduced', decision: { id: ids[1] } } },
      { reason: { code: 'decision_not_found' } },
      { value: { decision: { id: ids[0] } } },
      { value: { decision: { id: ids[1] } } },
    ])
    await explainer.close()
  })

  it('answers while the database takes no writes', async () => {
    const { past, ids } = await setUp()
    await past.store.flush()
    const flush = () => Promise.reject(new Error('the disk is full'))
    const explainer = createExplainer({ ...past, store: { flush } })
    expect(await explainer.explain(ids[0] ?? '')).toMatchObject({ verdict: 'reproduced' })
    await explainer.close()
  })

  it('ends with its server, and tells those who wait', async () => {
    const { past, ids } = await setUp()
    const explainer = createExplainer(past)
    const asked = ids.map((id) => explainer.explain(id))
    const answers = Promise.allSettled(asked)
    await explainer.close()
    const refused = { status: 'rejected', reason: { code: 'shutting_down' } }
    expect(await answers).toMatchObject([refused, refused])
    await expect(explainer.explain(ids[0] ?? '')).rejects.toMatchObject({ code: 'shutting_down' })
  })
})

describe('signalbox explain', () => {
  it('prints a receipt for people, and the same as JSON', async () => {
    const { past, ids } = await setUp()
    await past.store.flush()
    const { run } = await createWorkspace(past.dir)
    const { stdout, exitCode } = await run(['explain', ids[0] ?? ''])
    expect(exitCode).toBe(0)
    for (const line of [
      `asked       ${PROMPT}`,
      `route       ${smallRoute('cooking')} (matched)`,
      'verdict     reproduced: made again, it comes out the same, figures to 1e-9',
      `${smallRoute('cooking')}: how long do I roast a chicken of two kilos`,
    ]) {
      expect(stdout).toContain(line)
    }
    const json = await run(['explain', '--last', '--json'])
    const receipt = decisionExplanationSchema.parse(JSON.parse(json.stdout))
    expect(receipt).toMatchObject({ id: ids[1], verdict: 'reproduced', differences: [] })
  })

  it('asks for one decision, and knows when there is none', async () => {
    const { past, ids } = await setUp()
    const { run } = await createWorkspace(past.dir)
    for (const args of [[], ['--last', ids[0] ?? '']]) {
      const { exitCode, stderr } = await run(['explain', ...args])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('Give the id of one decision, or --last.')
    }
    expect((await run(['explain', 'nobody'])).stderr).toContain('No stored decision has this id.')
  })
})
