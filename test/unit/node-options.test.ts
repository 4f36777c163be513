import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Option } from 'commander'
import { expect, it } from 'vitest'
import { hintFor } from '../../src/cli/peer-flags.ts'
import { programOf } from '../../src/cli/program.ts'
import { newHome } from '../support/cli.ts'

const program = programOf('1.2.3', async () => {})
const options = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
  (command): readonly Option[] => command.options,
)

/** Runs Node with arguments, in a folder where `x.env` has code that must not run. Returns the output. */
function node(args: readonly string[]): string {
  const cwd = newHome()
  writeFileSync(join(cwd, 'ran.cjs'), 'console.log("code of the file ran")')
  writeFileSync(join(cwd, 'x.env'), `NODE_OPTIONS=--require=${join(cwd, 'ran.cjs')}\n`)
  writeFileSync(join(cwd, 'probe.cjs'), 'console.log(JSON.stringify(process.argv.slice(2)))')
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: {} })
  return stdout + stderr
}

it('Node leaves every option of the tool to the tool, and reads no file of its value', () => {
  const words = options.flatMap(({ short, long, flags }) => {
    const value = /[<[]/.test(flags) ? ['x.env'] : []
    return [short, long].flatMap((name) => (name ? [name, ...value, ...value.map((file) => `${name}=${file}`)] : []))
  })
  expect(words).toContain('--secret-env-file=x.env')
  expect(node(['probe.cjs', ...words])).toBe(`${JSON.stringify(words)}\n`)
})

it('no long option has the name of one of Node, or begins with one that it takes anywhere', () => {
  const help = spawnSync(process.execPath, ['--help'], { encoding: 'utf8' }).stdout
  const ofNode = new Set([...process.allowedNodeEnvironmentFlags, ...(help.match(/--[\w-]+/g) ?? [])])
  expect(ofNode).toContain('--env-file')
  // Names that every tool has, and that Node takes only before the name of the script.
  const common = ['--version', '--help', '--check', '--watch']
  const names = options.flatMap(({ long }) => long ?? []).filter((name) => !common.includes(name))
  expect(names.filter((name) => ofNode.has(name) || /^--(env-file|experimental)/.test(name))).toEqual([])
})

it('after --, Node takes nothing; the option that it takes otherwise has another name here', () => {
  expect(node(['--', 'probe.cjs', '--env-file', 'x.env'])).toBe('["--env-file","x.env"]\n')
  expect(hintFor("error: unknown option '--env-file'", ['plan'])).toContain('Use --secret-env-file.')
})
