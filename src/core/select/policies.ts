// The policies that a route's `select` may name. A new one is its file and its line here: the configuration's schema reads the
// names from this table.
import { attentive } from './attentive.ts'
import { balanced } from './balanced.ts'
import { cheapest } from './cheapest.ts'
import { fastest } from './fastest.ts'
import { first } from './first.ts'
import { learned } from './learned.ts'
import type { SelectModels } from './select-models.ts'
import { weighted } from './weighted.ts'

export const SELECT_POLICIES = {
  first,
  weighted: attentive(weighted),
  cheapest: attentive(cheapest),
  fastest: attentive(fastest),
  balanced: attentive(balanced),
  learned: attentive(learned),
} satisfies Record<string, SelectModels>

export type SelectName = keyof typeof SELECT_POLICIES

export const SELECT_NAMES = Object.keys(SELECT_POLICIES) as [SelectName, ...SelectName[]]
