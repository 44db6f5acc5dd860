// Whether the server on this machine is alive: exit code 0 or 1. A container's health check, without curl or a shell.
const url = `http://127.0.0.1:${process.env.PORT || '8787'}/healthz`
const isAlive = await fetch(url, { signal: AbortSignal.timeout(2_500) }).then(
  ({ ok }) => ok,
  () => false,
)
process.exitCode = isAlive ? 0 : 1
