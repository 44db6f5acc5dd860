// The fault bench uses the faulty provider, too: scripts cannot import from test/.
export * from '../../scripts/rig/faulty-provider.ts'
