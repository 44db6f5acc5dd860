// signalbox serve: the server in the foreground; the same as `npm start`.
import type { Command } from 'commander'
import { main } from '../../src/main.ts'

export const registerServe = (program: Command): void => {
  program
    .command('serve')
    .description('Serve the HTTP endpoint until SIGTERM or SIGINT.')
    .option('--host <host>', 'address to bind; overrides server.host')
    .option('--port <port>', 'port to bind; overrides server.port')
    .addHelpText('after', '\nExample:\n  signalbox serve --port 8787')
    .action(async (options: { host?: string; port?: string }) => {
      await main({
        ...process.env,
        ...(options.host ? { HOST: options.host } : {}),
        ...(options.port ? { PORT: options.port } : {}),
      })
    })
}
