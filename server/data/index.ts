/** What the room of data connections offers. */
export { plainAddress } from './addresses.ts'
export { BUFFER_BYTES, returnBuffer, takeBuffer } from './buffer-pool.ts'
export { createDataConnections, type DataOptions } from './data-connections.ts'
export { createPassivePorts, type PassivePorts } from './passive-ports.ts'
export type { DataConnection, DataConnections } from './types.ts'
