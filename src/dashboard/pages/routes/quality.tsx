// A precision or a recall; one that is worth a look stands out.
import { percent } from '../../view/figures.ts'
import { Badge } from '../../view/parts.tsx'

const LOW = 0.7

export const Quality = ({ share }: { share: number | null }) =>
  share !== null && share < LOW ? (
    <Badge tone="warn">{percent(share)}</Badge>
  ) : (
    <>{percent(share)}</>
  )
