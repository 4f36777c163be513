import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { armor, generateX25519Identity, identityToRecipient } from 'age-encryption'
import fc from 'fast-check'
import { kinds } from '../../src/kinds/all.ts'
import { resolveConnection } from '../../src/profile/profile.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { judge } from '../../src/project/rule-violations.ts'
import { decryptWith, encryptFor, identitiesIn, Undecryptable } from '../../src/secrets/age.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { packBundle, readBundle, sourcesIn } from '../../src/store/bundle-file.ts'
import type { Form } from './hunt.ts'
import { mutatedText, textMutations, treeOf } from './mutate.ts'
import { textsOf } from './snapshot-forms.ts'

const folder = mkdtempSync(join(tmpdir(), 'prefect-snapshot-forms-'))
const snapshot = 'kind: snapshot\nversion: 1\n---\nkind: variable\nkey: a\nspec: {value: 1}\n'
const parsed = parseSnapshot([{ file: 'snapshot', text: snapshot }], kinds)

const policy = treeOf({
  protect: ['variable/*', 'work-pool/**'],
  moved: [{ from: 'variable/a', to: 'variable/b' }],
  recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  secret_paths: ['block/*:/data/token'],
  environments: { dev: 'dev.yaml', prod: ['a.yaml', 'b.yaml'] },
  rules: [
    {
      name: 'values',
      match: 'variable/*',
      schema: {
        properties: { spec: { properties: { value: { type: 'string', pattern: '^a' } } } },
      },
      message: 'A variable needs tags.',
    },
    {
      name: 'other',
      match: '**',
      environments: ['prod'],
      schema: { type: 'object' },
      message: 'No.',
    },
  ],
})

const policies: Form = {
  name: 'policy file',
  inputs: textsOf(fc.constant([policy]), '---\n'),
  async read(text) {
    writeFileSync(join(folder, 'prefect-snapshot.yaml'), text)
    const { rules } = readPolicy(join(folder, 'snapshot.yaml'), { cwd: folder, kinds })
    const { issues: found } = await judge({ resources: parsed.snapshot.resources, parsed }, rules, 'prod', kinds)
    return found.map((issue) => ({ ...issue, severity: 'warning' as const }))
  },
}

/** Changed lines of a text. */
function textsLike(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...texts), textMutations, textMutations)
    .map(([text, ...changes]) => changes.reduce(mutatedText, text))
}

const settings = {
  'profiles.toml': `active = "dev"\n\n[profiles.dev]\nPREFECT_API_URL = "http://127.0.0.1:4200/api"\nPREFECT_API_KEY = "a"\n\n[profiles."b c"]\nPREFECT_API_AUTH_STRING = "a:b"\nPREFECT_CLIENT_MAX_RETRIES = 3\nPREFECT_CLIENT_CUSTOM_HEADERS = '{"A": "b"}'\n`,
  '.env': `# settings\nPREFECT_API_URL=http://127.0.0.1:4200/api\nexport PREFECT_API_KEY="a\\n"\nPREFECT_API_REQUEST_TIMEOUT='1.5'\nPREFECT_PROFILES_PATH=x\n`,
  'prefect.toml': `[api]\nurl = "http://127.0.0.1:4200/api"\nkey = "a"\n\n[client]\nmax_retries = 2\nretry_extra_codes = "500,502"\ncsrf_support_enabled = true\n`,
  'pyproject.toml': `[project]\nname = "a"\n\n[tool.prefect]\nprofiles_path = "x"\n\n[tool.prefect.api]\nurl = "http://127.0.0.1:4200/api"\n`,
} as const

const settingForms = Object.entries(settings).map(([file, text]): Form => {
  const place = mkdtempSync(join(tmpdir(), 'prefect-snapshot-forms-'))
  mkdirSync(join(place, '.prefect'))
  const path = file === 'profiles.toml' ? join(place, '.prefect', file) : join(place, file)
  return {
    name: file,
    inputs: textsLike(text),
    read(input) {
      writeFileSync(path, input)
      const { notes } = resolveConnection({}, { env: {}, cwd: place, home: place })
      return notes
    },
  }
})

const identity = await generateX25519Identity()

const identities: Form = {
  name: 'age identities',
  inputs: textsLike(`# created: 2026\n# public key: age1\n${identity}\n\n${identity}\n`),
  async read(text) {
    await identitiesIn([{ from: 'input', text }])
    return []
  },
}

/** Texts in which each character is a byte. */
const bytesOf = (text: string) => Buffer.from(text, 'latin1')

function changedBytes(bytes: Uint8Array): fc.Arbitrary<string> {
  return textsLike(Buffer.from(bytes).toString('latin1'))
}

async function bundles(): Promise<readonly Form[]> {
  const entries = [
    { name: 'schemas/snapshot.v1.json', bytes: Buffer.from('{}') },
    { name: 'snapshot/snapshot.yaml', bytes: Buffer.from(snapshot) },
    { name: 'snapshot/variable/b.yaml', bytes: Buffer.from('kind: variable\nkey: b\n') },
  ]
  const packed = await packBundle(entries)
  const read = async (bytes: Uint8Array) =>
    parseSnapshot(sourcesIn('input', await readBundle('input', bytes)), kinds).issues
  const names = textsLike('snapshot/variable/b.yaml', 'snapshot/../a.yaml', 'snapshot/__proto__.yaml', 'SHA256SUMS')
  return [
    { name: 'bundle', inputs: changedBytes(packed), read: (text) => read(bytesOf(text)) },
    {
      name: 'archive of a bundle',
      inputs: changedBytes(gunzipSync(packed)),
      read: (text) => read(gzipSync(bytesOf(text), { level: 1 })),
    },
    {
      name: 'files of a bundle',
      inputs: fc.tuple(names, textsLike(snapshot)).map((parts) => JSON.stringify(parts)),
      async read(text) {
        const [name, content] = JSON.parse(text) as [string, string]
        const files = [...entries.slice(0, 2), { name, bytes: Buffer.from(content) }]
        const made = await packBundle(files.filter(({ name: one }) => one.length <= 90)).catch(() => undefined)
        return made ? read(made) : []
      },
    },
  ]
}

async function ciphertexts(): Promise<Form> {
  const encrypt = await encryptFor([await identityToRecipient(identity)])
  const text = await encrypt('secret')
  const decrypt = decryptWith([identity])
  return {
    name: 'age ciphertext',
    inputs: textsLike(text, Buffer.from(armor.decode(text)).toString('base64')),
    async read(input) {
      await decrypt(input).catch((error) => {
        if (!(error instanceof Undecryptable)) throw error
      })
      return []
    },
  }
}

/** Files beside a snapshot, and files that hold one. */
export async function fileForms(): Promise<readonly Form[]> {
  return [policies, ...settingForms, identities, await ciphertexts(), ...(await bundles())]
}
