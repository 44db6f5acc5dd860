// Runs work until Ctrl-C, a signal, or a closed pipe to the reader of its output. Each is a normal end.

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** Ctrl-C aborts the signal of `work`; any other error of `work` is thrown. */
export const untilInterrupted = async (
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  const stopAtClosedPipe = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error
    stop()
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.on('error', stopAtClosedPipe)
  try {
    await work(controller.signal)
  } catch (error) {
    if (!isAbort(error)) throw error
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    process.stdout.off('error', stopAtClosedPipe)
  }
}
