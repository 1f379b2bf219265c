/** Preloaded by `node --import`: makes `import ... from 'electron'` and `require('electron')` mean ./electron.ts. */
import { registerHooks } from 'node:module'

const emulation = new URL('./electron.ts', import.meta.url).href
const names = new Set(['electron', 'electron/main', 'electron/common'])

registerHooks({
  resolve: (specifier, context, next) =>
    names.has(specifier) ? { url: emulation, shortCircuit: true } : next(specifier, context),
})
