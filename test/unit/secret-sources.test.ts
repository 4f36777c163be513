import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Json, parseJson, sameJson, writeJson } from '../../src/json.ts'
import type { Placeholder, Resource, SecretValues } from '../../src/model.ts'
import { Secret } from '../../src/secret.ts'
import { encryptFor, identitiesIn } from '../../src/secrets/age.ts'
import { encryptSecrets, sealedValue } from '../../src/secrets/encrypt-secrets.ts'
import { resolveSecrets, type SecretSources } from '../../src/secrets/resolve-secrets.ts'
import { anyJson } from '../support/arbitrary.ts'
import { runs } from '../support/property-runs.ts'
import { resource } from '../support/toy-kinds.ts'

const world: SecretSources = {
  env: { TEXT: 'text', LIST: '[1.0, 9007199254740993]', EMPTY: '', QUOTES: '""' },
  identities: [],
  readFile: async (path) => {
    if (path.startsWith('gone')) throw new Error('there is no such file')
    return { 'a.txt': 'two\nlines\n', 'b.txt': 'no end', 'c.txt': 'crlf\r\n', 'd.txt': 'two ends\n\n' }[path] ?? '{'
  },
}
const holding = (...placeholders: readonly Placeholder[]): Resource[] => [
  resource('c/x', { secrets: Object.fromEntries(placeholders.map((placeholder, n) => [`/data/${n}`, placeholder])) }),
]
const filledWith = async (placeholder: Placeholder, more: Partial<SecretSources> = {}) => {
  const secretValues = await resolveSecrets(holding(placeholder), { ...world, ...more })
  return secretValues.secretFor(placeholder)?.reveal() ?? secretValues.missingReason(placeholder)
}

describe('a placeholder gets its value from', () => {
  it.each<[string, Placeholder, Json]>([
    ['the environment', { env: 'TEXT' }, 'text'],
    ['an empty text in JSON', { env: 'QUOTES', as: 'json' }, ''],
    ['JSON in the environment', { env: 'LIST', as: 'json' }, parseJson('[1.0, 9007199254740993]')],
    ['a file, without the line end at its end', { file: 'a.txt' }, 'two\nlines'],
    ['a file that has none', { file: 'b.txt' }, 'no end'],
    ['a file of Windows', { file: 'c.txt' }, 'crlf'],
    ['a file with an empty line at its end, which stays', { file: 'd.txt' }, 'two ends\n'],
    ['the snapshot itself', { plain: new Secret(5) }, 5],
  ])('%s', async (_, placeholder, value) => {
    expect(await filledWith(placeholder)).toEqual(value)
  })

  it('a command, if commands are allowed', async () => {
    const run = async (argv: readonly string[]) => `${argv.join('+')}\n`
    expect(await filledWith({ command: ['op', 'read', 'x y'] }, { run })).toBe('op+read+x y')
    expect(await filledWith({ command: ['echo'], as: 'json' }, { run: async () => '{"a": 2.0}\n' })).toEqual(
      parseJson('{"a": 2.0}'),
    )
  })

  it('each source, which is read once for all placeholders', async () => {
    const asked: string[] = []
    const run = async ([program = '']: readonly string[]) => String(asked.push(program))
    await resolveSecrets(holding({ command: ['a'] }, { command: ['a'] }, { command: ['b'] }), { ...world, run })
    expect(asked).toEqual(['a', 'b'])
  })
})

describe('a placeholder without a value reports the reason and a fix:', () => {
  it.each<[string, Placeholder, object]>([
    ['no variable', { env: 'NONE' }, { code: 'missing-secret', reason: expect.stringContaining('NONE is not set') }],
    [
      'an empty variable',
      { env: 'EMPTY' },
      { code: 'missing-secret', reason: 'the environment variable EMPTY is empty' },
    ],
    ['an empty variable of JSON', { env: 'EMPTY', as: 'json' }, { code: 'missing-secret' }],
    [
      'no JSON',
      { env: 'TEXT', as: 'json' },
      { code: 'invalid-secret', reason: expect.stringContaining('not valid JSON') },
    ],
    ['no JSON in a file', { file: 'x', as: 'json' }, { code: 'invalid-secret' }],
    ['no file', { file: 'gone.txt' }, { code: 'missing-secret', reason: expect.stringContaining('gone.txt') }],
    ['no command without being allowed', { command: ['op'] }, { fix: expect.stringContaining('--allow-commands') }],
    ['no age', { age: 'bm90IGFnZQ==' }, { code: 'invalid-secret', reason: expect.stringContaining('damaged') }],
    ['masked', { masked: true }, { code: 'missing-secret' }],
  ])('%s', async (_, placeholder, lack) => {
    expect(await filledWith(placeholder)).toMatchObject(lack)
  })

  it('a failed command, without its output', async () => {
    const run = async () => {
      throw new Error('it ended with code 3')
    }
    expect(await filledWith({ command: ['op', 'read', 'hush'] }, { run })).toEqual({
      code: 'missing-secret',
      reason: 'the command op failed: it ended with code 3',
      fix: 'Run the command by hand to see its output.',
    })
  })
})

describe('age', () => {
  let mine: string
  let others: string
  let toMe: string
  beforeAll(async () => {
    mine = await generateX25519Identity()
    others = await generateX25519Identity()
    toMe = await identityToRecipient(mine)
  })

  it('round-trips every JSON value, with exact numbers', async () => {
    const encrypt = await encryptFor([toMe])
    await fc.assert(
      fc.asyncProperty(anyJson, async (value) => {
        const placeholder = await sealedValue(value, encrypt)
        const secretValues = await resolveSecrets(holding(placeholder), { ...world, identities: [others, mine] })
        const back = secretValues.secretFor(placeholder)?.reveal()
        expect(sameJson(back, value), writeJson(value)).toBe(true)
      }),
      { numRuns: runs(60) },
    )
  })

  it('decrypts base64 as well as armor, with any indentation', async () => {
    const armoured = await (await encryptFor([toMe]))('text')
    const base64 = armoured.split('\n').slice(1, -2).join('\n')
    for (const age of [armoured, armoured.trim(), `\n${armoured}\n`, base64, base64.replaceAll('\n', ' ')])
      expect(await filledWith({ age }, { identities: [mine] })).toBe('text')
  })

  it('reports whether the identity is missing or wrong, or the text is invalid', async () => {
    const age = await (await encryptFor([toMe]))('text')
    const lines = age.split('\n')
    const damaged = [...lines.slice(0, 3), `A${lines[3]?.slice(1)}`, ...lines.slice(4)].join('\n')
    expect(await filledWith({ age })).toMatchObject({
      code: 'missing-secret',
      fix: expect.stringContaining('--identity'),
    })
    expect(await filledWith({ age }, { identities: [others] })).toMatchObject({
      code: 'invalid-secret',
      reason: expect.stringContaining('for other recipients'),
    })
    for (const text of [damaged, `${lines[0]}\n${lines[1]}`, lines.slice(0, -3).join('\n')])
      expect(await filledWith({ age: text }, { identities: [mine] })).toMatchObject({ code: 'invalid-secret' })
  })

  it('reports all invalid recipients together', async () => {
    const wrong = [
      'age1mistyped',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH',
      'ssh-rsa AAAA',
      mine,
      'age1yubikey1qwerty',
      `${toMe.slice(0, -1)}${toMe.endsWith('q') ? 'p' : 'q'}`,
    ]
    const failure = await encryptFor([...wrong, toMe]).catch((error: unknown) => error)
    expect(failure).toMatchObject({ issues: wrong.map(() => ({ code: 'invalid-recipient' })) })
    expect(String(failure)).not.toContain(mine)
    expect(String(failure)).toMatch(/SSH key/)
    expect(String(failure)).toMatch(/plugin/)
    await expect(encryptFor([])).rejects.toMatchObject({ issues: [{ code: 'invalid-recipient' }] })
  })

  it('reads identities as age-keygen writes them, and reports an invalid line without showing it', async () => {
    const text = `# created: 2026-01-01\n# public key: ${toMe}\n${mine}\n\n${others}\r\n`
    expect(await identitiesIn([{ from: 'key.txt', text }])).toEqual([mine, others])
    const failure = await identitiesIn([
      { from: 'a.txt', text: `${mine}\nhush-hush\n` },
      { from: 'b.txt', text: '-----BEGIN OPENSSH PRIVATE KEY-----\nhush-hush\n-----END' },
      { from: 'c.txt', text: '# nothing\n' },
      { from: 'd.txt', text: 'age-encryption.org/v1\n-> scrypt' },
    ]).catch((error: unknown) => error)
    const place = (file: string, line: number) => ({ code: 'invalid-recipient', place: { file, line } })
    expect(failure).toMatchObject({
      issues: [place('a.txt', 2), place('b.txt', 1), place('c.txt', 1), place('d.txt', 1)],
    })
    expect(JSON.stringify(failure)).not.toContain('hush')
  })

  it('keeps the ciphertext of unchanged values only', async () => {
    const encrypt = await encryptFor([toMe])
    const values = { '/a': 'one', '/b': parseJson('2.0'), '/c': 'three' }
    const plain = (of: Readonly<Record<string, Json>>) =>
      Object.fromEntries(Object.entries(of).map(([at, value]) => [at, { plain: new Secret(value) }]))
    const none: SecretValues = await resolveSecrets([], world)
    const old = await encryptSecrets(plain(values), {}, none, encrypt, 'renew')
    const opened = await resolveSecrets(holding(...Object.values(old)), { ...world, identities: [mine] })
    const next = { ...plain({ ...values, '/b': 2, '/d': 'new' }), '/e': { env: 'E' } }
    const again = await encryptSecrets(next, old, opened, encrypt, 'renew')
    expect(Object.keys(again)).toEqual(['/a', '/b', '/c', '/d', '/e'])
    expect([again['/a'], again['/c'], again['/e']]).toEqual([old['/a'], old['/c'], { env: 'E' }])
    expect(again['/b']).not.toEqual(old['/b'])
    // Nobody here can open it: an update leaves it, and an export that replaces the file does not.
    expect(await encryptSecrets(plain(values), old, none, encrypt, 'keep')).toEqual(old)
    const renewed = await encryptSecrets(plain(values), old, none, encrypt, 'renew')
    for (const at of Object.keys(old)) expect(renewed[at]).not.toEqual(old[at])
  })
})
