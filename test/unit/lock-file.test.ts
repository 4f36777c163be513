import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** An entry of package-lock.json. */
interface Locked {
  readonly integrity?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
const entries = Object.entries(packages).filter(([path]) => path !== '')

it('each locked package has the hash of its content, also those of other platforms, and no address', () => {
  expect(entries.length).toBeGreaterThan(400)
  expect(entries.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))).toEqual([])
  expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
})

it('each optional package of a locked one is locked, too', () => {
  const named = new Set(entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  const wanted = entries.flatMap(([, { optionalDependencies = {} }]) => Object.keys(optionalDependencies))
  expect(wanted.filter((name) => name.includes('linux'))).not.toEqual([])
  expect(wanted.filter((name) => !named.has(name))).toEqual([])
})
