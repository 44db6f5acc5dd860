// The map for browsers without JavaScript: one path for each colour, in which every point is a line of no length.
import type { MapPoints } from './map-points.ts'
import { STEPS } from './map-points.ts'

// Of the middle of the scale, so that they are seen on light and dark alike; by brightness too, for those who do not tell hues.
const HUES = [
  '#3b7ad9',
  '#d07a1c',
  '#2f9a67',
  '#9a63d8',
  '#cf4f70',
  '#2095a6',
  '#9a8830',
  '#7c8694',
]
const RAMP = ['#8a4fc0', '#4a78c8', '#2a9d8f', '#86b33c', '#e3b505']
const GREY = '#8b94a1'

/** The same colour comes round again with square points. */
const hueOf = (route: number) => ({
  colour: HUES[route % HUES.length] ?? GREY,
  cap: Math.floor(route / HUES.length) % 2 === 0 ? 'round' : 'square',
})

const pathOf = (points: readonly string[], colour: string, cap: string): string =>
  points.length === 0
    ? ''
    : `<path d="${points.join('')}" stroke="${colour}" stroke-linecap="${cap}"/>`

export const mapPicture = ({ exemplars, routes, by }: MapPoints): string => {
  const groups = by === 'route' ? routes.length : STEPS + 1
  const points: string[][] = Array.from({ length: groups }, () => [])
  exemplars.x.forEach((x, i) => {
    const group = by === 'route' ? (exemplars.r[i] as number) : (exemplars.v[i] as number) + 1
    points[group]?.push(`M${x} ${exemplars.y[i]}h0`)
  })
  const paths = points.map((one, group) => {
    if (by !== 'route') return pathOf(one, RAMP[group - 1] ?? GREY, 'round')
    const { colour, cap } = hueOf(group)
    return pathOf(one, colour, cap)
  })
  const width = Math.max(6, Math.min(11, Math.round(140 / Math.sqrt(exemplars.x.length))))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 1020 1020" fill="none" stroke-width="${width}">${paths.join('')}</svg>`
}
