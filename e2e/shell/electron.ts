/** The `electron` module of the main process, in the three forms in which it is asked for: named, default, by require. */
export * from './api.ts'
export * as default from './api.ts'
export * as 'module.exports' from './api.ts'
