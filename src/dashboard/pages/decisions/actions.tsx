// What a person does to a decision. Each calls what the endpoint of the same purpose calls.
import { z } from 'zod'
import { giveFeedback } from '../../../feedback/give-feedback.ts'
import type { Desk } from '../../request/desk.ts'
import { type Acted, defineAction } from '../../request/part.ts'
import { Badge } from '../../view/parts.tsx'
import { decisionAddress, decisionOf } from './decision.tsx'
import { readVotes, VotesCard } from './votes.tsx'

/** The card of votes as it now stands. */
const withVotes = async (desk: Desk, id: string, notice: string): Promise<Acted> => {
  const decision = await decisionOf(desk, id)
  const read = await readVotes(desk, decision)
  return {
    to: decisionAddress(id),
    fragment: <VotesCard {...read} />,
    notice,
  }
}

const voteForm = z.object({
  verdict: z.enum(['good', 'bad']),
  correct_route: z.string().min(1).max(64).optional(),
})

/** POST /v1/feedback. */
export const voteOnDecision = defineAction({
  path: '/decisions/:id/vote',
  form: voteForm,
  run: async (desk, { form, params: { id = '' } }) => {
    const { deps, principal } = desk
    const wish = {
      decisionId: id,
      verdict: form.verdict,
      correctRoute: form.correct_route ?? null,
      score: null,
      comment: null,
    }
    const { counts, whyNot } = await giveFeedback(
      wish,
      { principal: principal.id, mayJudge: () => true },
      deps,
    )
    const said = counts ? 'It counts from the next build on.' : (whyNot ?? '')
    return withVotes(desk, id, `The vote is kept. ${said}`)
  },
})

/** POST /admin/review: a person's ruling, which becomes an exemplar at the next build. */
export const makeExemplar = defineAction({
  path: '/decisions/:id/exemplar-of',
  form: z.object({}),
  run: async (desk, { params: { id = '' } }) => {
    const { deps, principal } = desk
    const ruling = { id: `d_${id}`, action: 'accept' as const, author: principal.id }
    const { message } = await deps.admin.review.rule(ruling)
    return withVotes(desk, id, message)
  },
})

const exemplarForm = z.object({
  exemplar_id: z.string().min(1).max(128),
  action: z.enum(['quarantine', 'release']),
})

/** POST /admin/exemplars/:id. */
export const ruleNeighbour = defineAction({
  path: '/decisions/:id/exemplar',
  form: exemplarForm,
  run: async ({ deps, principal }, { form, params: { id = '' } }) => {
    const { exemplar_id: exemplarId, action } = form
    await deps.admin.exemplars.rule({ exemplarId, action, author: principal.id, note: null })
    const isOut = action === 'quarantine'
    return {
      to: decisionAddress(id),
      fragment: <Badge tone={isOut ? 'warn' : 'good'}>{isOut ? 'left out' : 'kept'}</Badge>,
      notice: `The exemplar is ${isOut ? 'left out of' : 'kept in'} the next build.`,
    }
  },
})

/** POST /admin/forget, or the one decision. */
export const forgetDecision = defineAction({
  path: '/decisions/:id/forget',
  form: z.object({ what: z.enum(['decision', 'session']) }),
  run: async (desk, { form, params: { id = '' } }) => {
    const { sessionId } = await decisionOf(desk, id)
    const isSession = form.what === 'session' && sessionId !== null
    const wish = isSession ? { sessionId } : { decisionId: id }
    await desk.deps.admin.feedback.forget(wish, { dryRun: false })
    return { to: '/decisions' }
  },
})
