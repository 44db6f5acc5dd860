// Every page, fragment and action there is. What is in this list is served and guarded; pages with a name for the navigation
// stand there in this order.
import type { Part } from '../request/part.ts'
import { access } from './access/access.tsx'
import { configEdit } from './access/config-edit.tsx'
import { decisions } from './decisions/decisions.ts'
import { generation } from './learning/generation.tsx'
import { learning } from './learning/learning.tsx'
import { learningActions } from './learning/learning-actions.tsx'
import { reviewParts } from './learning/review.tsx'
import { mapParts } from './map/map.tsx'
import { mapSelection } from './map/selection.tsx'
import { selectionActions } from './map/selection-actions.tsx'
import { models } from './models/models.tsx'
import { overview } from './overview/overview.tsx'
import { checkParts } from './routes/check.tsx'
import { exemplarActions } from './routes/exemplar-actions.tsx'
import { route } from './routes/route.tsx'
import { routes } from './routes/routes.tsx'
import { tryIt } from './try/try.tsx'

export const PARTS: readonly Part[] = [
  overview,
  ...decisions,
  ...tryIt,
  ...mapParts,
  mapSelection,
  ...selectionActions,
  routes,
  ...checkParts,
  route,
  ...exemplarActions,
  learning,
  generation,
  ...learningActions,
  ...reviewParts,
  models,
  ...access,
  ...configEdit,
]
