/**
 * The walls of the house as ARCHITECTURE.md draws them: which room may import what. One row a room; everything a row
 * does not name is forbidden. Tests may also use testing/ and start the agent by its entry.
 */

import swcVisitor from '@swc/core/Visitor.js'

// The syntax-tree visitor that dependency-cruiser uses throws on `using` declarations; to it they are variables.
const visitor = swcVisitor.Visitor.prototype
const visitKnownStatement = visitor.visitStatement
visitor.visitStatement = function visitStatement(statement) {
  if (statement.type !== 'UsingDeclaration') return visitKnownStatement.call(this, statement)
  return { ...statement, decls: this.visitVariableDeclarators(statement.decls) }
}

const NODE = { core: true }

/** @typedef {{ core?: boolean, npm?: string[], paths?: string[], except?: string }} Allowed */

/**
 * Room -> what it may import besides itself. `npm` names packages, `paths` are regular
 * expressions, `except` is that of a room within this one, which has a row of its own.
 */
/** @type {Record<string, Allowed>} */
const ROOMS = {
  'common/': { npm: ['zod'] },
  'electron/main\\.ts': {
    ...NODE,
    npm: ['electron'],
    paths: ['^common/', '^electron/', '^(cli|server/cli)/index\\.ts$'],
  },
  'electron/ftp/': { ...NODE, paths: ['^common/'] },
  'electron/local/': { ...NODE, paths: ['^common/'] },
  'electron/gate/': { ...NODE, npm: ['zod'], paths: ['^common/'] },
  'electron/transfer/': {
    ...NODE,
    npm: ['zod'],
    paths: ['^common/', '^electron/ftp/index\\.ts$', '^electron/gate/index\\.ts$', '^electron/local/index\\.ts$'],
  },
  'electron/services/': {
    ...NODE,
    npm: ['electron', 'zod'],
    paths: ['^common/', '^electron/(ftp|gate|transfer)/index\\.ts$', '^electron/local/index\\.ts$'],
    except: '^electron/services/console/',
  },
  'electron/services/console/': {
    ...NODE,
    npm: ['picomatch'],
    paths: ['^common/', '^electron/(ftp|gate|transfer|local)/index\\.ts$', '^electron/services/[^/]+\\.ts$'],
  },
  'electron/ipc/': {
    ...NODE,
    npm: ['electron', 'zod'],
    paths: ['^common/', '^electron/services/', '^electron/(gate|transfer)/index\\.ts$', '^electron/local/index\\.ts$'],
  },
  'electron/preload/': { npm: ['electron'], paths: ['^common/ipc\\.ts$'] },
  'renderer/': {
    npm: [
      'react',
      'react-dom',
      'radix-ui',
      '@tanstack/react-virtual',
      'lucide-react',
      'react-resizable-panels',
      'qrcode.react',
      'zustand',
      'zod',
      'vite',
    ],
    paths: ['^common/'],
  },
  'cli/': {
    ...NODE,
    npm: ['zod'],
    paths: [
      '^common/',
      '^electron/(ftp|gate|transfer|local)/index\\.ts$',
      '^electron/services/(command-history|core|session-lines|settings|status)\\.ts$',
      '^electron/services/console/index\\.ts$',
      '^package\\.json$',
    ],
  },
  'agent/': { ...NODE, npm: ['zod', '@virustotal/yara-x'], paths: ['^common/', '^package\\.json$'] },
  'server/': {
    ...NODE,
    npm: ['zod', 'mysql2', 'selfsigned'],
    paths: ['^common/', '^electron/gate/index\\.ts$', '^package\\.json$'],
  },
}

const TOOLS = ['e2e', 'bench', 'scripts', 'testing', 'build']
const TEST_FILE = '(\\.test\\.tsx?$|\\btest/)'

/** A package shows as where it resolves to, or by its bare name when it does not resolve. */
function packages(names = []) {
  return names.map((name) => `(^${name}$|node_modules/(@types/)?${name}/)`)
}

/** Where a rule of a room holds. */
function within(path, { except }, pathNot = []) {
  return { path, pathNot: except === undefined ? pathNot : [...pathNot, except] }
}

function roomRule([room, allowed]) {
  const { core = false, npm = [], paths = [] } = allowed
  return {
    name: `${room.replace(/\\|\/$/g, '').replaceAll('/', '-')}-keeps-to-its-walls`,
    comment: `${room} may import only what its row in ARCHITECTURE.md names.`,
    severity: 'error',
    from: within(`^${room}`, allowed, [TEST_FILE]),
    to: { pathNot: [`^${room}`, ...paths, ...packages(npm)], ...(core ? { dependencyTypesNot: ['core'] } : {}) },
  }
}

/** The same wall for a room's tests, with a door to the test tools. */
function roomTestRule([room, allowed]) {
  const { npm = [], paths = [] } = allowed
  const tools = ['^testing/', '^agent/main\\.ts$', '\\.css$', ...packages([...npm, 'vitest', 'fast-check', 'zod'])]
  return {
    name: `${room.replace(/\\|\/$/g, '').replaceAll('/', '-')}-tests-keep-to-their-walls`,
    comment: `Tests of ${room} may also use testing/ and the agent's entry.`,
    severity: 'error',
    from: within(`^${room}.*${TEST_FILE}`, allowed),
    to: { pathNot: [`^${room}`, ...paths, ...tools], dependencyTypesNot: ['core'] },
  }
}

export default {
  forbidden: [
    ...Object.entries(ROOMS).map(roomRule),
    ...Object.entries(ROOMS).map(roomTestRule),
    {
      name: 'no-electron-below-services',
      comment: 'The engines run under plain Node.',
      severity: 'error',
      from: { path: '^(electron/(ftp|transfer|gate|local)|agent|server|common|cli)/' },
      to: { path: packages(['electron']) },
    },
    {
      name: 'no-electron-without-a-window',
      comment: 'The console, the core and the command line run under plain Node, with all that they reach.',
      severity: 'error',
      from: { path: '^(cli/|electron/services/core\\.ts$|electron/services/console/)' },
      to: { path: packages(['electron']), reachable: true },
    },
    {
      name: 'server-and-client-share-no-protocol-code',
      comment: 'One bug must not hide another.',
      severity: 'error',
      from: { path: '^server/' },
      // The gate is no protocol code, and "may pass" has one source.
      to: { path: '^electron/', pathNot: '^electron/gate/index\\.ts$' },
    },
    {
      name: 'the-server-does-not-know-who-runs-it',
      comment: 'The command line and the app each drive it from outside.',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/(cli|control)/', '^server/main\\.ts$', TEST_FILE] },
      to: { path: '^server/(cli|control)/' },
    },
    {
      name: 'who-runs-the-server-does-so-alone',
      severity: 'error',
      from: { path: '^server/(cli|control)/', pathNot: TEST_FILE },
      to: { path: '^server/(cli|control)/', pathNot: '^server/$1/' },
    },
    {
      name: 'one-room-speaks-to-databases',
      severity: 'error',
      from: { pathNot: ['^server/database/', TEST_FILE] },
      to: { path: packages(['mysql2']) },
    },
    {
      name: 'one-room-makes-certificates',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/tls/', TEST_FILE] },
      to: { path: packages(['selfsigned']) },
    },
    {
      name: 'client-and-server-share-no-protocol-code',
      severity: 'error',
      from: { path: '^electron/ftp/' },
      to: { path: '^server/' },
    },
    {
      name: 'nobody-imports-the-composition-root',
      severity: 'error',
      from: {},
      to: { path: '^electron/main\\.ts$' },
    },
    {
      name: 'tools-use-public-entries',
      comment: 'Tests from outside, benchmarks and scripts knock at the front door.',
      severity: 'error',
      from: { path: `^(${TOOLS.join('|')})/` },
      to: {
        path: '^(common|electron|agent|server|cli|renderer)/',
        pathNot: ['^common/', '^electron/[^/]+/index\\.ts$', '^(agent|server|cli)/(index|main)\\.ts$'],
      },
    },
    {
      name: 'nothing-that-ships-imports-tools',
      severity: 'error',
      from: { path: '^(common|electron|renderer|agent|server|cli)/', pathNot: TEST_FILE },
      to: { path: `^(${TOOLS.join('|')})/` },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other to run; types alone may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|coverage|test-results)/' },
    combinedDependencies: true,
    builtInModules: { add: ['node:sqlite', 'node:test', 'node:sea'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
