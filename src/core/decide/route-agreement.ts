// Compares the routes of the index with the configured ones, with a message on how to fix differences.
import { NONE_ROUTE } from '../types.ts'

export interface RouteDisagreement {
  /** Routes of the index that are not configured. */
  unconfigured: string[]
  /** Configured routes that the index does not know; never the default route, which needs no exemplars. */
  untrained: string[]
  /** One sentence for each of the two lists, with the fix. */
  message: string
}

/** Null where they agree. */
export const routeDisagreement = (
  trained: readonly string[],
  { routes, default_route: defaultRoute }: { routes: object; default_route: string },
): RouteDisagreement | null => {
  const configured = Object.keys(routes)
  const unconfigured = trained.filter((r) => r !== NONE_ROUTE && !configured.includes(r))
  const untrained = configured.filter((r) => r !== defaultRoute && !trained.includes(r))
  if (unconfigured.length + untrained.length === 0) return null
  const message = [
    ...(unconfigured.length > 0
      ? [
          `The index knows ${unconfigured.join(', ')}, not configured: prompts of that kind go to ${defaultRoute}, reason unconfigured_route; add them to \`routes\`, or take their exemplars out and run \`signalbox rebuild\`.`,
        ]
      : []),
    ...(untrained.length > 0
      ? [
          `${untrained.join(', ')}: configured, but unknown to the index, so that no prompt is routed there; add exemplars and run \`signalbox rebuild\`.`,
        ]
      : []),
  ].join(' ')
  return { unconfigured, untrained, message }
}
