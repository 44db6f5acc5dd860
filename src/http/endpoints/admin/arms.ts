// /admin/arms: what is tried beside the serving generation, begun, looked at and ended. `signalbox arms` does the same.
import type { z } from 'zod'
import type {
  DescribedArms,
  DescribedCanary,
  DescribedShadow,
} from '../../../arms/describe-arms.ts'
import type { ArmCounts } from '../../../core/statistics/sequential-test.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import {
  type armsSchema,
  endArmQuerySchema,
  startCanaryRequestSchema,
  startShadowRequestSchema,
} from './arms-schemas.ts'

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

export const adminArms = (app: App, deps: HttpDeps): void => {
  const { arms } = deps.admin
  const limit = deps.config.server.max_body_bytes

  app.get('/admin/arms', async (c) => c.json(armsJson(await arms.describe())))

  app.put('/admin/arms/shadow', bodyLimit(limit), jsonBody(), async (c) => {
    const { generation } = validate(startShadowRequestSchema, c.get('json'))
    return c.json(armsJson(await arms.startShadow({ generation, author: principalOf(c).id })))
  })

  app.put('/admin/arms/canary', bodyLimit(limit), jsonBody(), async (c) => {
    const start = validate(startCanaryRequestSchema, c.get('json'))
    return c.json(armsJson(await arms.startCanary({ ...start, author: principalOf(c).id })))
  })

  for (const name of ['shadow', 'canary'] as const) {
    app.delete(`/admin/arms/${name}`, async (c) => {
      const { reason = 'Ended by hand.' } = validate(endArmQuerySchema, c.req.query())
      return c.json(armsJson(await arms.end(name, { author: principalOf(c).id, reason })))
    })
  }
}
