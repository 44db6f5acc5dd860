// The part of signalbox.yaml about learning: votes, the gate, canaries, rebuilds.
import { z } from 'zod'

const feedbackSchema = z.strictObject({
  weights: z
    .strictObject({
      explicit: z
        .number()
        .min(0)
        .max(10)
        .default(1)
        .describe('POST /v1/feedback and signalbox feedback add.'),
      review: z.number().min(0).max(10).default(3).describe('Answers in signalbox review.'),
      import: z.number().min(0).max(10).default(1).describe('Imported votes.'),
      implicit: z
        .number()
        .min(0)
        .max(10)
        .default(0.2)
        .describe('Votes read off what a caller does next.'),
    })
    .prefault({})
    .describe('What a vote weighs, by where it came from.'),
  implicit: z
    .boolean()
    .default(true)
    .describe('Whether re-asks, regenerations and "no, I meant …" are noted as votes.'),
  max_share_per_key: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe("Most of a generation's exemplars that one key's votes may make; 20 always may."),
  held_out_share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('Share of voted prompts that is never trained on: the gate measures on it.'),
  quarantine_chance: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.95)
    .describe('Certainty that an exemplar does harm from which it is left out; 1: never.'),
})

const gateSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('false promotes every build.'),
  max_accuracy_drop: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Of the held-out prompts, and of the voted ones, each by itself.'),
  max_abstention_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('Of the held-out prompts of a route, and of the voted ones, turned away anew.'),
  max_route_drop: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Of the held-out prompts of one route, where the drop is more than chance.'),
  max_calibration_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Of the calibration error.'),
  max_flip_rise: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe('Of the share of prompts whose route typos and rewordings change.'),
  max_changed_share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Most of the replayed decisions that may change.'),
  max_hub_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .describe('Most of the replayed prompts that one new exemplar may be nearest to.'),
  replay_limit: z.int().nonnegative().default(10_000).describe('Newest decisions replayed.'),
})

const canarySchema = z.strictObject({
  share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('Share of sessions a build that passed is tried on first; 0 promotes it at once.'),
  promote_after_votes: z
    .int()
    .min(0)
    .default(200)
    .describe('Votes on the canary after which it is promoted if it held; 0: by command only.'),
  false_rollback_chance: z
    .number()
    .gt(0)
    .lt(0.5)
    .default(0.05)
    .describe('Chance that an equal canary is rolled back, however long it runs.'),
})

export const trainingSchema = z.strictObject({
  copies_per_route: z
    .int()
    .nonnegative()
    .default(100)
    .describe(
      'Exemplars of each route of which a perturbed copy is trained on; 0 makes none, nor do more than 50 routes.',
    ),
  wrong_route_rate: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'For threshold auto: most of the prompts that may be answered by a wrong route, whatever that turns away; 1 leaves it to abstention_cost.',
    ),
  abstention_cost: z
    .number()
    .gt(0)
    .max(1)
    .default(0.6)
    .describe(
      'For threshold auto: what serving the default route instead costs where a wrong route costs 1. A route is taken from a confidence of 1 less this on.',
    ),
  wrong_route_chance: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.1)
    .describe('Chance that wrong_route_rate is exceeded, over exemplars like the traffic.'),
  threshold_step: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe(
      'For threshold auto: most that a threshold moves from one generation to the next, unless exemplars in between show that it should go further.',
    ),
  novel_share: z
    .number()
    .min(0)
    .lt(1)
    .default(0.01)
    .describe('Share of in-scope prompts that may be turned away as unlike every exemplar.'),
  trust_descriptions: z
    .boolean()
    .default(false)
    .describe('Whether descriptions decide about prompts that are unlike every exemplar.'),
  feedback: feedbackSchema.prefault({}).describe('How votes become exemplars.'),
  gate: gateSchema
    .prefault({})
    .describe('What a build may lose against the generation that serves.'),
  canary: canarySchema
    .prefault({})
    .describe('A trial on a share of the sessions for every build that passed.'),
  schedule: z
    .string()
    .regex(/^(off|[1-9]\d*(m|h|d))$/, 'is "off", or a time such as "30m", "6h" or "1d"')
    .default('off')
    .describe('How often the server rebuilds by itself, where there is new feedback.'),
  rebuild_after: z
    .int()
    .nonnegative()
    .default(0)
    .describe('Corrections that wait before the server rebuilds by itself; 0: it does not.'),
})
