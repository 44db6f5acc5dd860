// Promise.withResolvers, which Node 20 lacks: an event that a test awaits.

export interface Deferred<T> {
  promise: Promise<T>
  resolve: (value: T) => void
}

export const deferred = <T = void>(): Deferred<T> => {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
