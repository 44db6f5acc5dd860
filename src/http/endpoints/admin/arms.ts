// /admin/arms: starts, shows and ends shadow and canary. `signalbox arms` does the same.
import type { z } from 'zod'
import type {
  DescribedArms,
  DescribedCanary,
  DescribedShadow,
} from '../../../arms/describe-arms.ts'
import type { ArmCounts } from '../../../core/statistics/sequential-test.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  armsSchema,
  endArmQuerySchema,
  startCanaryRequestSchema,
  startShadowRequestSchema,
} from './arms-schemas.ts'

const ENDED_BY_HAND = 'Ended by hand.'

type ArmsJson = z.infer<typeof armsSchema>

const armJson = (arm: DescribedShadow | DescribedCanary) => ({
  generation: arm.generation,
  started_at: new Date(arm.startedAtMs).toISOString(),
  author: arm.author,
  problem: arm.problem,
})

const shadowJson = (shadow: DescribedShadow): NonNullable<ArmsJson['shadow']> => {
  const { decisions, differing, moves, examples } = shadow.summary
  return {
    ...armJson(shadow),
    decisions,
    differing,
    moves,
    examples: examples.map(({ decisionId, route, shadowRoute, text }) => ({
      decision_id: decisionId,
      route,
      shadow_route: shadowRoute,
      text,
    })),
  }
}

const votesJson = ({ votes, bad }: ArmCounts) => ({
  votes,
  bad,
  bad_rate: votes === 0 ? null : bad / votes,
})

const canaryJson = (canary: DescribedCanary): NonNullable<ArmsJson['canary']> => {
  const { verdict, evidence, worseFrom, summary, ...votes } = canary.verdict
  return {
    ...armJson(canary),
    share: canary.share,
    against: canary.against,
    verdict,
    evidence,
    worse_from: worseFrom,
    votes: { canary: votesJson(votes.canary), serving: votesJson(votes.serving) },
    summary,
  }
}

const armsJson = ({ current, shadow, canary }: DescribedArms): ArmsJson => ({
  object: 'arms',
  current,
  shadow: shadow && shadowJson(shadow),
  canary: canary && canaryJson(canary),
})

const getArms = defineEndpoint({
  id: 'getArms',
  method: 'get',
  path: '/admin/arms',
  access: 'admin',
  summary: 'The shadow and the canary, and how they do.',
  response: armsSchema,
  handler:
    ({ admin }) =>
    async () =>
      armsJson(await admin.arms.describe()),
})

const startShadow = defineEndpoint({
  id: 'startShadow',
  method: 'put',
  path: '/admin/arms/shadow',
  access: 'admin',
  summary: 'Let a generation decide beside the serving one, without effect.',
  request: startShadowRequestSchema,
  response: armsSchema,
  handler:
    ({ admin }) =>
    async (c, { request: { generation } }) =>
      armsJson(await admin.arms.startShadow({ generation, author: principalOf(c).id })),
})

const startCanary = defineEndpoint({
  id: 'startCanary',
  method: 'put',
  path: '/admin/arms/canary',
  access: 'admin',
  summary: 'Try a generation on a share of the sessions; votes promote it or roll it back.',
  request: startCanaryRequestSchema,
  response: armsSchema,
  handler:
    ({ admin }) =>
    async (c, { request }) =>
      armsJson(await admin.arms.startCanary({ ...request, author: principalOf(c).id })),
})

const end = {
  method: 'delete',
  access: 'admin',
  query: endArmQuerySchema,
  response: armsSchema,
} as const

const endShadow = defineEndpoint({
  ...end,
  id: 'endShadow',
  path: '/admin/arms/shadow',
  summary: 'End the shadow.',
  handler:
    ({ admin }) =>
    async (c, { query: { reason = ENDED_BY_HAND } }) =>
      armsJson(await admin.arms.end('shadow', { author: principalOf(c).id, reason })),
})

const endCanary = defineEndpoint({
  ...end,
  id: 'endCanary',
  path: '/admin/arms/canary',
  summary: 'End the canary: the serving generation decides for everybody again.',
  handler:
    ({ admin }) =>
    async (c, { query: { reason = ENDED_BY_HAND } }) =>
      armsJson(await admin.arms.end('canary', { author: principalOf(c).id, reason })),
})

export const arms = [getArms, startShadow, startCanary, endShadow, endCanary]
