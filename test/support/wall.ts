// The wall is the fault bench's too: scripts cannot import from test/.
export * from '../../scripts/bench/faults/wall.ts'
