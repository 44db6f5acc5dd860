// The provider that fails on order is the fault bench's too: scripts cannot import from test/.
export * from '../../scripts/rig/fake-provider.ts'
