import { fresh } from './runs.ts'

/** A command line, and which server it reads and which it writes. */
export interface CommandLine {
  readonly args: readonly string[]
  readonly reads?: 'from' | 'to'
  readonly writes?: 'to'
}

/** Every command with the options that change what it says or writes about secrets. */
export function commandLines(home: string, recipient: string): readonly CommandLine[] {
  const out = (name: string) => fresh(home, name)
  const formats = ['text', 'json', 'markdown', 'html']
  const from = ['-p', 'from'] as const
  const to = ['-p', 'to'] as const
  const exports: readonly (readonly string[])[] = [
    ['-o', out('a.yaml')],
    ['-o', out('a/')],
    ['-o', '-', '--verbose'],
    ['-o', out('a.yaml'), '--strict-secrets'],
    ['-o', out('a.yaml'), '--secrets', 'age', '--recipient', recipient],
    ['-o', 'all.yaml', '--check', '-f', 'json'],
  ]
  const reading = [
    ...formats.map((format) => ['plan', 'all.yaml', '-f', format, '--full', '--exit-code']),
    ['plan', 'age.yaml', '--identity', 'identity.txt', '--verbose'],
    ['plan', 'sources.yaml', '--allow-commands', '--secret-env-file', 'secrets.env', '-f', 'json', '--full'],
    ['plan', 'plain.yaml', '--full', '-f', 'html'],
    ['plan', 'all.yaml', '--out', out('plan.json')],
    ['verify', 'all.yaml', '-f', 'json'],
    ['backup', out('backups')],
  ].map((args): CommandLine => ({ args: [...args, ...to], reads: 'to' }))
  const writing = [
    ['apply', 'all.yaml', '--yes', '--verbose', '--full'],
    ['apply', 'plain.yaml', '--yes', '-f', 'json'],
    ['apply', 'sources.yaml', '--allow-commands', '--secret-env-file', 'secrets.env', '--yes', '-f', 'html', '--full'],
    ['apply', 'age.yaml', '--identity', 'identity.txt', '--yes', '-E', 'prod'],
    ['restore', 'all.yaml', '--yes'],
    ['pause', 'all.yaml', '--yes'],
    ['activate', 'all.yaml', '--yes'],
  ].map((args): CommandLine => ({ args: [...args, ...to], reads: 'to', writes: 'to' }))
  return [
    ...exports.map((args): CommandLine => ({ args: ['export', ...args, ...from], reads: 'from' })),
    ...reading,
    ...writing,
    { args: ['transfer', '--from', 'from', '--to', 'to', '--yes', '--full'], reads: 'from', writes: 'to' },
    { args: ['doctor', '--from', 'from', '--to', 'to', '-f', 'json'], reads: 'to' },
    { args: ['diff', 'all.yaml', 'profile:to', '--full'], reads: 'to' },
    { args: ['diff', 'all.yaml', 'profile:to', '-f', 'html'], reads: 'to' },
    ...local(out, recipient).map((args) => ({ args })),
  ]
}

/** Those that ask no server. */
function local(out: (name: string) => string, recipient: string): readonly (readonly string[])[] {
  return [
    ['validate', 'plain.yaml', 'all.yaml', 'age.yaml', 'all/'],
    ['validate', 'plain.yaml', '-f', 'json'],
    ['diff', 'plain.yaml', 'all.yaml', '--full'],
    ['diff', 'plain.yaml', 'age.yaml', '-f', 'html', '--full'],
    ['graph', 'plain.yaml'],
    ['graph', 'plain.yaml', '-f', 'html'],
    ['explain', 'block/secret/token', 'plain.yaml'],
    ['explain', 'deployment/flow/one', 'all.yaml', '-f', 'json'],
    ['convert', 'all.yaml', '-o', out('converted/')],
    ['convert', 'age.yaml', '-o', out('converted.tar.gz')],
    ['convert', 'plain.yaml', '--as', 'prefect-yaml', '-o', out('deployments/')],
    ['convert', 'plain.yaml', '--as', 'terraform', '-o', out('infra/')],
    ['convert', 'plain.yaml', '--as', 'automations', '-o', out('automations/')],
    ['bundle', 'all.yaml', '-o', out('bundle.tar.gz')],
    ['rekey', 'age.yaml', '--identity', 'identity.txt', '--recipient', recipient],
    ['secrets', 'list', 'plain.yaml'],
    ['secrets', 'list', 'sources.yaml', '--allow-commands', '--secret-env-file', 'secrets.env', '-f', 'json'],
    ['journals', '-f', 'json'],
    ['init', out('new')],
  ]
}
