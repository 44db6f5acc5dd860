// One step of the dense head's training. All its arrays lie in one WebAssembly memory (the arena).
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { type Arena, createArena, roundUp } from '../linear/simd/product.ts'

export interface HeadState {
  readonly arena: Arena
  readonly routes: number
  /** `routes` rounded up to a multiple of the kernel's width; the columns beyond stay zero. */
  readonly columns: number
  /** `[dimensions × columns]`, as are `gradient` and `speed` (the momentum). */
  readonly weights: Float32Array
  readonly gradient: Float32Array
  readonly speed: Float32Array
  readonly bias: Float32Array
  readonly biasSpeed: Float32Array
  /** One batch: its rows and its logits. */
  readonly x: Float32Array
  readonly z: Float32Array
}

export interface Labelled {
  readonly rows: Matrix
  readonly labels: Int32Array
}

export interface StepOptions {
  readonly rate: number
  readonly momentum: number
  readonly decay: number
}

export const createHeadState = (dimensions: number, routes: number, batch: number): HeadState => {
  const [d, columns] = [roundUp(dimensions, 4), roundUp(routes, 8)]
  const arena = createArena(3 * d * columns + batch * (d + columns) + 320, columns)
  return {
    arena,
    routes,
    columns,
    weights: arena.take(d * columns),
    gradient: arena.take(d * columns),
    speed: arena.take(d * columns),
    bias: new Float32Array(columns),
    biasSpeed: new Float32Array(columns),
    x: arena.take(batch * d),
    z: arena.take(batch * columns),
  }
}

/** Starts each route's weights at `sharpness` times its mean row. */
export const startAtMeans = (
  { routes, columns, weights }: HeadState,
  { rows, labels }: Labelled,
  sharpness: number,
): void => {
  const counts = new Float64Array(routes)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  labels.forEach((label, i) => {
    const share = sharpness / (counts[label] as number)
    const row = rowOf(rows, i)
    for (let k = 0; k < row.length; k++) {
      const at = k * columns + label
      weights[at] = (weights[at] as number) + share * (row[k] as number)
    }
  })
}

/** Turns the batch's logits into (softmax − one-hot) / batch: the gradient of the mean log loss by the logits. */
const toResiduals = ({ z, columns, routes, bias }: HeadState, labels: readonly number[]): void => {
  const n = labels.length
  z.fill(0, n * columns)
  labels.forEach((label, i) => {
    const from = i * columns
    let top = Number.NEGATIVE_INFINITY
    for (let r = 0; r < routes; r++) {
      const logit = (z[from + r] as number) + (bias[r] as number)
      z[from + r] = logit
      if (logit > top) top = logit
    }
    let sum = 0
    for (let r = 0; r < routes; r++) {
      const e = Math.exp((z[from + r] as number) - top)
      z[from + r] = e
      sum += e
    }
    for (let r = 0; r < routes; r++) z[from + r] = (z[from + r] as number) / (sum * n)
    z[from + label] = (z[from + label] as number) - 1 / n
    z.fill(0, from + routes, from + columns)
  })
}

interface Moving {
  value: Float32Array
  speed: Float32Array
  gradient: Float32Array
}

const move = ({ value, speed, gradient }: Moving, { rate, momentum, decay }: StepOptions): void => {
  for (let i = 0; i < value.length; i++) {
    const g = (gradient[i] as number) + decay * (value[i] as number)
    const v = momentum * (speed[i] as number) + g
    speed[i] = v
    value[i] = (value[i] as number) - rate * (g + momentum * v)
  }
}

/** One minibatch: forward pass, residuals, gradient and update. */
export const descend = (
  state: HeadState,
  { rows, labels }: Labelled,
  batch: readonly number[],
  options: StepOptions,
): void => {
  const { arena, columns, x, z, weights, gradient } = state
  const d = weights.length / columns
  x.fill(0)
  z.fill(0)
  batch.forEach((row, i) => {
    x.set(rowOf(rows, row), i * d)
  })
  const m = roundUp(batch.length, 4)
  arena.multiply({ m, n: columns, k: d, a: x, aRow: d, aCol: 1, b: weights, c: z })
  toResiduals(
    state,
    batch.map((row) => labels[row] as number),
  )
  gradient.fill(0)
  arena.multiply({ m: d, n: columns, k: m, a: x, aRow: 1, aCol: d, b: z, c: gradient })
  move({ value: weights, speed: state.speed, gradient }, options)
  const biasGradient = new Float32Array(columns)
  for (let i = 0; i < batch.length; i++) {
    for (let r = 0; r < columns; r++) {
      biasGradient[r] = (biasGradient[r] as number) + (z[i * columns + r] as number)
    }
  }
  const biasMove = { value: state.bias, speed: state.biasSpeed, gradient: biasGradient }
  move(biasMove, { ...options, decay: 0 })
}
