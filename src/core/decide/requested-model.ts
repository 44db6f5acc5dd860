// Parses the caller's `model`: `auto`, a pinned route, or a pinned model.
import { RouterError } from '../../errors.ts'

export type RequestedModel =
  | { kind: 'auto' }
  | { kind: 'route'; route: string }
  | { kind: 'model'; model: string }

/**
 * `auto`, `route:NAME`, or a configured model id.
 * @throws RouterError `model_not_found` or `route_not_found`, naming the valid values
 */
export const parseRequestedModel = (
  requested: string,
  known: { routes: string[]; models: string[] },
): RequestedModel => {
  if (requested === 'auto') return { kind: 'auto' }
  if (requested.startsWith('route:')) {
    const route = requested.slice('route:'.length)
    if (known.routes.includes(route)) return { kind: 'route', route }
    throw new RouterError(
      'route_not_found',
      `There is no route of that name. Routes: ${known.routes.join(', ')}.`,
      { param: 'model' },
    )
  }
  if (known.models.includes(requested)) return { kind: 'model', model: requested }
  throw new RouterError(
    'model_not_found',
    `There is no such model. Use "auto", "route:NAME" (${known.routes.join(', ')}) or one of: ${known.models.join(', ')}; other names can be given a meaning under \`aliases\`.`,
    { param: 'model' },
  )
}
