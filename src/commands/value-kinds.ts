import type { ValueKind } from '../operations/value-candidates.ts'

export { type Candidate, type ValueKind, valueCandidates } from '../operations/value-candidates.ts'

/**
 * What options and arguments take, by their keys, for completion in shells. Those with choices are not here. A new option with a
 * value needs its line; `free` is a value that nothing on this machine knows.
 */
const optionKinds: Readonly<Record<string, ValueKind>> = {
  output: 'file',
  recipient: 'free',
  identity: 'file',
  secretPath: 'free',
  profile: 'profile',
  apiUrl: 'free',
  workspace: 'free',
  parallel: 'free',
  include: 'glob',
  exclude: 'glob',
  tag: 'free',
  kind: 'kind',
  external: 'glob',
  out: 'file',
  base: 'file',
  acceptRemote: 'glob',
  raiseChangeLimit: 'free',
  environment: 'environment',
  overlay: 'file',
  secretEnvFile: 'file',
  concurrency: 'free',
  journal: 'file',
  from: 'profile',
  to: 'profile',
  fromWorkspace: 'free',
  toWorkspace: 'free',
  save: 'file',
  waves: 'file',
  interval: 'free',
  shift: 'free',
  sample: 'free',
  since: 'free',
  until: 'free',
  tolerance: 'free',
  drainTimeout: 'free',
  maxGap: 'free',
  focus: 'glob',
  depth: 'free',
  keep: 'free',
  as: 'free',
  outputOf: 'free',
  pool: 'free',
  python: 'file',
  checklist: 'file',
  nameOf: 'free',
  snapshot: 'file',
  action: 'free',
  serverTimeout: 'free',
}

const argumentKinds: Readonly<Record<string, ValueKind>> = {
  snapshot: 'file',
  file: 'file',
  files: 'file',
  folder: 'directory',
  before: 'side',
  after: 'side',
  wave: 'wave',
  word: 'topic',
}

/** What an option takes; undefined if its row is missing. */
export function optionKind(key: string): ValueKind | undefined {
  return Object.hasOwn(optionKinds, key) ? optionKinds[key] : undefined
}

/** What an argument takes; undefined if its row is missing. */
export function argumentKind(name: string): ValueKind | undefined {
  return Object.hasOwn(argumentKinds, name) ? argumentKinds[name] : undefined
}

/** The options and arguments that name a snapshot, whose kinds and refs other options take. */
export const snapshotKeys: ReadonlySet<string> = new Set(['snapshot', 'before', 'after', 'output', 'base'])
