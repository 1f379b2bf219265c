/** The local disk: what services and transfers may use of it. */
export { containedFolder, ignoresCase } from './containment.ts'
export { localError, printablePath } from './errors.ts'
export { makeFolder, removeLocal, renameLocal } from './folders.ts'
export { listLocal, statLocal } from './listing.ts'
export { freeName, PartFile, partName, partPathFor, removePart, removePartSync } from './part-file.ts'
export { safeLocalName } from '../../common/safe-name.ts'
