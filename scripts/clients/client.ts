// What `npm run clients` knows of one client.

export interface ClientRun {
  /** Files below the client's home, by their paths. */
  files: Record<string, string>
  env: Record<string, string>
  /** Name of its command, and the arguments. */
  command: [name: string, ...args: string[]]
}

export interface Client {
  name: string
  /** With the pinned version. */
  packages: string[]
  /** Which of the router's dialects it speaks. */
  dialect: 'chat' | 'responses' | 'messages'
  /** Needs a newer Node than this project does; it is installed beside it. */
  needsNewerNode?: boolean
  /** It brings its program by a script of its own. */
  hasInstallScript?: boolean
  /** It runs no tool; its exit code says whether it got the call. */
  judgesItself?: boolean
  run(site: { url: string; home: string; task: string }): ClientRun
}

export const NODE = 'node@22.22.0'
export const KEY = 'sk-not-needed-on-loopback'
