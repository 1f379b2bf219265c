/** What the room of listings offers. */
export { FACT_NAMES, factsLine, timeValue } from './format-facts.ts'
export { listLine } from './format-list.ts'
export { listArguments } from './list-arguments.ts'
export { fits, isPattern } from './pattern.ts'
export { selection } from './selection.ts'
export { statListing } from './stat-listing.ts'
export { isListable, listable, listingBytes } from './stream.ts'
