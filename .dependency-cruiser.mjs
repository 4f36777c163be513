/*
 * Who may look into whom. A room is a stage of the flow: src/NAME.ts, or src/NAME/ once it needs a second file.
 * `npm run rooms` holds the code to this.
 */
const room = (...names) => `^src/(${names.join('|')})(/|[.]ts$)`

const ground = [
  'json',
  'secret',
  'version',
  'suggest',
  'map-concurrent',
  'list-at',
  'plain-text',
  'shell',
  'field-path',
  'nul',
  'gone',
  'trust',
]
const nouns = ['model', 'ref', 'issue', 'check', 'explanation']
const base = [...ground, ...nouns]
/** Bounded reading of files, for the rooms that may touch the disk. */
const disk = 'read-file'
const engine = [...base, 'placeholder', 'kind', 'token', 'spec']
const stages = [
  'selection',
  'overlay',
  'profile',
  'client',
  'answers',
  'audit',
  'live',
  'graph',
  'snapshot',
  'secrets',
  'plan',
  'apply',
  'journal',
  'store',
  'project',
  'migration',
  'import',
  'writers',
]

/** Room to the rooms that it may look into. */
const may = {
  json: [],
  suggest: [],
  shell: [],
  'map-concurrent': [],
  'list-at': [],
  [disk]: ['issue'],
  version: [],
  'plain-text': [],
  'field-path': ['json', 'plain-text'],
  nul: ['json'],
  gone: [],
  trust: [],
  check: [],
  secret: ['json'],
  ref: ['json'],
  issue: ['json', 'ref'],
  explanation: ['json', 'ref', 'issue'],
  model: ['json', 'secret', 'ref', 'issue'],
  kind: base,
  rate: [],
  context: [...base, 'kind', 'rate'],
  token: base,
  placeholder: base,
  spec: [...base, 'kind', 'token'],
  jinja: [],
  schedule: [...base, 'kind'],
  selection: [...engine, 'graph'],
  profile: [...base, disk],
  client: [...base, 'profile/connection', 'rate', disk],
  report: [...base, 'placeholder', 'kind', 'spec'],
  kinds: [...engine, 'schedule', 'jinja'],
  live: engine,
  answers: [...engine, 'snapshot/validators'],
  audit: engine,
  graph: engine,
  apply: [...engine, 'journal'],
  journal: [...engine, 'context', 'plan', disk],
  snapshot: [...engine, 'graph', 'selection'],
  import: [...engine, 'snapshot', 'schedule'],
  store: [...engine, 'context', 'selection', 'snapshot', 'import', disk],
  project: [...engine, 'context', 'overlay', 'selection', 'store', 'snapshot', 'plan', disk],
  migration: [...engine, 'context', 'graph', 'selection', 'snapshot', 'plan', 'schedule', disk],
  secrets: [...engine, 'selection'],
  writers: [...engine, 'snapshot'],
  overlay: [...engine, 'selection', 'graph', 'snapshot'],
  plan: [...engine, 'selection', 'graph'],
  operations: [...engine, 'context', 'schedule', 'rate', ...stages, disk],
  commands: [...engine, 'context', 'operations', 'report', 'writers/all'],
  cli: [...base, 'kind', 'commands', 'report', 'client', 'rate', disk],
  library: [...engine, 'context', 'rate', 'operations', 'commands/plan-report', 'report', 'snapshot'],
  index: [
    ...engine,
    'context',
    'rate',
    'kinds',
    'library',
    'operations',
    'report',
    'snapshot',
    'selection',
    'plan/activation',
  ],
}

/** Every npm package has one home, so that to replace it is the work of one room. */
const home = {
  'lossless-json': 'json',
  'smol-toml': 'profile',
  undici: 'client',
  '@dagrejs/graphlib': 'graph',
  tinyqueue: 'graph',
  croner: 'schedule',
  rrule: 'schedule',
  yaml: 'snapshot',
  'js-yaml': 'snapshot',
  ajv: 'snapshot',
  'age-encryption': 'secrets',
  '@secretlint/core': 'secrets',
  '@secretlint/secretlint-rule-preset-recommend': 'secrets',
  diff: 'report',
  '@hpcc-js/wasm-graphviz': 'report',
  picocolors: 'report',
  'modern-tar': 'store',
  commander: 'cli',
  'log-update': 'cli',
}

const error = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to })

export default {
  forbidden: [
    ...Object.entries(may).map(([from, to]) =>
      error(
        `${from}-looks-only-into`,
        `src/${from} may import ${to.join(', ') || 'nothing of ours'}. Move the code, or change the table in .dependency-cruiser.mjs and say why.`,
        { path: room(from) },
        { path: '^src/', pathNot: ['^src/kinds/all[.]ts$', room(from, ...to)] },
      ),
    ),
    error(
      'the-table-is-handed-in',
      'Stages take the kinds as an argument, so that tests can use toy kinds and no stage can name a kind. cli.ts and commands hand them in.',
      { path: '^src/', pathNot: room('cli', 'index', 'library', 'commands') },
      { path: '^src/kinds/all[.]ts$' },
    ),
    error(
      'a-kind-stays-in-its-room',
      'What one kind knows of the wire is nobody else’s business; go through the table.',
      { path: '^src/', pathNot: room('kinds') },
      { path: '^src/kinds/', pathNot: '^src/kinds/all[.]ts$' },
    ),
    ...Object.entries(home).map(([npm, at]) =>
      error(
        `${npm}-lives-in-${at}`,
        `Only src/${at} may import ${npm}.`,
        { path: '^src/', pathNot: room(at) },
        { path: `^node_modules/${npm}/` },
      ),
    ),
    error(
      'every-package-has-a-home',
      'A new dependency wants its line in the table of homes.',
      { path: '^src/' },
      { path: '^node_modules/', pathNot: `^node_modules/(${[...Object.keys(home), '@types'].join('|')})/` },
    ),
    error(
      'disk-and-process',
      'Stages are pure: what they need of the world is handed to them. Only these rooms touch disk and process (client: CA file).',
      {
        path: '^src/',
        pathNot: room(
          disk,
          'store',
          'project',
          'journal',
          'migration',
          'operations',
          'commands',
          'profile',
          'client',
          'library',
          'cli',
        ),
      },
      { path: '^(node:)?(fs|fs/promises|process|child_process|os|net|http|https|readline|readline/promises)$' },
    ),
    error(
      'undo-is-pure',
      'What an undo would do is a comparison of a journal with the server; to do it is the work of an apply.',
      { path: '^src/journal/undo[.]ts$' },
      { path: '^src/(apply|operations)/' },
    ),
    error(
      'page-imports',
      'The program of the HTML page imports the types of its data and shell quoting from src/, and no package. Pass everything else in its data.',
      { path: '^page/' },
      { path: '^(src|node_modules)/', pathNot: '^src/(report/html/page-data|shell)[.]ts$' },
    ),
    error(
      'page-is-bundled',
      'src/ contains the bundle of the page (npm run page) and imports nothing from page/.',
      { path: '^src/' },
      { path: '^page/' },
    ),
    error(
      'ci-imports',
      'The program of CI jobs runs the command line. From src/ it imports JSON, reports and their formats, the reading of files, exit codes, and HTTP; and no package.',
      { path: '^ci/' },
      {
        path: '^(src|node_modules)/',
        pathNot: [
          room(...base, disk),
          room('report'),
          '^src/(cli/exit-codes|client/transport|profile/proxy)[.]ts$',
          '^node_modules/@types/',
        ],
      },
    ),
    error('ci-is-apart', 'src/ knows nothing of CI jobs.', { path: '^src/' }, { path: '^ci/' }),
    error('no-cycle', 'Files that need each other are one file, or want a third one.', {}, { circular: true }),
    error(
      'in-use',
      'Neither cli.ts nor index.ts reaches this file. A new kind needs its line in kinds/all.ts.',
      { path: '^src/(cli|index)[.]ts$' },
      { path: '^src/', pathNot: '^src/(cli|index)[.]ts$', reachable: false },
    ),
    error('resolvable', 'This import leads nowhere.', { path: '^src/' }, { couldNotResolve: true }),
    error(
      'every-room-is-listed',
      'A new room wants its row in the table of .dependency-cruiser.mjs.',
      { path: '^src/', pathNot: room(...Object.keys(may)) },
      {},
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
