import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// Runtime dependencies stay outside the main bundles and are packed as node_modules: the YARA-X package has to find
// its .wasm beside itself. The sandboxed preload may require nothing, so everything goes into its one file.
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: { index: 'electron/main.ts', agent: 'agent/main.ts', cli: 'cli/main.ts', server: 'server/main.ts' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { index: 'electron/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    build: { outDir: 'out/renderer', rollupOptions: { input: 'renderer/index.html' } },
    plugins: [react()],
  },
})
