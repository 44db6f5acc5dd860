// The small parts that pages are put together from: cards, tiles of figures, badges, lists of facts, empty states.
import type { Child, PropsWithChildren } from 'hono/jsx'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet'

/** A box with a heading. `wide` takes the whole row of a grid. */
export const Card = (
  props: PropsWithChildren<{ title: string; id?: string; isWide?: boolean; aside?: Child }>,
) => (
  <section class={props.isWide ? 'card span' : 'card'} id={props.id}>
    <div class="card-head">
      <h2>{props.title}</h2>
      {props.aside}
    </div>
    {props.children}
  </section>
)

/** Cards side by side where there is room. */
export const Grid = (props: PropsWithChildren) => <div class="grid">{props.children}</div>

/** One figure with its name, and what it is of. */
export const Tile = (props: { name: string; value: string; note?: Child; tone?: Tone }) => (
  <div class="tile">
    <dt>{props.name}</dt>
    <dd>
      <span class={props.tone ? `value ${props.tone}` : 'value'}>{props.value}</span>
      {props.note === undefined ? null : <span class="note">{props.note}</span>}
    </dd>
  </div>
)

export const Tiles = (props: PropsWithChildren) => <dl class="tiles">{props.children}</dl>

/** A word of status: the colour never says anything that the word does not. */
export const Badge = (props: PropsWithChildren<{ tone?: Tone }>) => (
  <span class={`badge ${props.tone ?? 'quiet'}`}>{props.children}</span>
)

/** Names with their values. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: Child])[] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

export const Empty = (props: PropsWithChildren) => <p class="empty">{props.children}</p>

export const Notice = (props: PropsWithChildren<{ tone: Tone }>) => (
  <p class={`notice ${props.tone}`}>{props.children}</p>
)

/** A share from 0 to 1 as a bar; the figure stands beside it. */
export const Meter = ({ share, label }: { share: number; label: string }) => (
  <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
    <rect class="track" width="100" height="6" />
    <rect class="fill" width={String(Math.max(0, Math.min(1, share)) * 100)} height="6" />
  </svg>
)
