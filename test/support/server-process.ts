// The server as a process is the benches' too: scripts cannot import from test/.
export * from '../../scripts/rig/server-process.ts'
