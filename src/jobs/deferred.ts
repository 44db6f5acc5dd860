// A promise that is settled from outside.

export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T | Promise<T>): void
  reject(error: unknown): void
}

export const createDeferred = <T>(): Deferred<T> => {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  }
}
