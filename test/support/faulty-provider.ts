// The wall is the fault bench's too: scripts cannot import from test/.
export * from '../../scripts/rig/faulty-provider.ts'
