import { someString } from '../../json.ts'
import type { Resource } from '../../model.ts'
import { kindsText } from '../../plain-text.ts'
import { refOf } from '../../ref.ts'
import { collectLosses, otherKinds } from '../losses.ts'
import { comment } from '../pyyaml-text.ts'
import type { Material, Writer } from '../writer.ts'
import { addressesOf, identifierOf, types } from './addresses.ts'
import { configureAutomation } from './automation-resource.ts'
import { cutReferences } from './cut-references.ts'
import { configureDeployment } from './deployment-resource.ts'
import { type Argument, block } from './hcl.ts'
import type { Configure, Configured } from './provider-resource.ts'
import type { Scope } from './references.ts'
import { isCreatedWithPool, simpleResources } from './simple-resources.ts'

const provider = 'the Terraform provider'
const configuration = 'the Terraform configuration'

const configure: Readonly<Record<string, Configure>> = {
  ...simpleResources,
  deployment: configureDeployment,
  automation: configureAutomation,
}

/**
 * A Terraform configuration for the provider prefecthq/prefect, a file for each type. From a server, with blocks that import
 * what is there, by ID: this is the only output that contains IDs.
 */
export const terraform: Writer = {
  write({ resources, isBuiltin, idOf }: Material) {
    const losses = collectLosses(provider, configuration)
    const byRef = new Map(resources.map((resource) => [refOf(resource), resource]))
    const known = resources.filter((resource) => types[resource.kind] !== undefined && !isBuiltin(resource))
    // Nobody can create the queue that its pool comes with.
    const given = idOf ? [] : known.filter((resource) => isCreatedWithPool(resource, byRef))
    for (const queue of given) losses.part(queue, 'a default queue, which a pool comes with')
    const own = known.filter((resource) => !given.includes(resource))
    const isImported = idOf !== undefined
    const { written, scope } = configured(own, {
      losses,
      resources: byRef,
      isImported,
      idOf: idOf ?? (() => undefined),
    })
    const texts = resourceTexts(written, scope)
    const others = resources.filter((resource) => types[resource.kind] === undefined)
    const files = {
      'terraform.tf': headOf(others) + required,
      ...Object.fromEntries([...texts].map(([type, blocks]) => [`${type}.tf`, blocks.join('\n')])),
      ...(scope.inputs.size > 0 ? { 'inputs.tf': inputsText(scope) } : {}),
      ...(isImported && written.length > 0 ? { 'imports.tf': importsText(written, scope) } : {}),
    }
    const held = written.map(({ resource }) => resource)
    return {
      files,
      held,
      issues: [...losses.issues(), ...otherKinds(configuration, 'what the provider has', others)],
    }
  },
}

interface Written {
  readonly resource: Resource
  readonly configured: Configured
}

type Around = Omit<Scope, 'addresses' | 'inputs' | 'from' | 'cut'>
type Whole = Omit<Scope, 'from'>

/** Configures resources. Those that the provider cannot hold are no target of references, so the rest is configured again. */
function configured(own: readonly Resource[], around: Around): { written: Written[]; scope: Whole } {
  const scopeOf = (held: readonly Resource[]): Whole => ({
    ...around,
    addresses: addressesOf(held),
    cut: cutReferences(held),
    inputs: new Map(),
  })
  const attempt = (scope: Whole, resource: Resource): Written[] => {
    const result = configure[resource.kind]?.(resource, { ...scope, from: resource })
    return result === undefined ? [] : [{ resource, configured: result }]
  }
  const first = { ...scopeOf(own), losses: collectLosses(provider) }
  const held = own.flatMap((resource) => attempt(first, resource)).map(({ resource }) => resource)
  const scope = scopeOf(held)
  const written = own.flatMap((resource) => attempt(scope, resource))
  for (const resource of held)
    if (someString(resource.spec, (text) => text.normalize('NFC') !== text))
      around.losses.part(
        resource,
        'texts that are not in the normal form NFC of Unicode, to which Terraform changes them',
      )
  return { written, scope }
}

/** The blocks of each type. */
function resourceTexts(written: readonly Written[], scope: Whole): ReadonlyMap<string, string[]> {
  const texts = new Map<string, string[]>()
  const taken = new Set<string>()
  const add = (type: string, text: string) => texts.set(type, [...(texts.get(type) ?? []), text])
  for (const { resource, configured } of written) {
    const [type = '', name = ''] = (scope.addresses.get(refOf(resource)) ?? '').split('.')
    const missing = scope.losses.of(resource).map((what) => `Not held: ${what}.`)
    add(type, comment(missing) + block('resource', [type, name], configured.body, endOf(configured)))
    for (const part of configured.parts ?? []) {
      let own = `${name}_${identifierOf(part.suffix)}`
      while (taken.has(`${part.type}.${own}`)) own += '_'
      taken.add(`${part.type}.${own}`)
      add(part.type, block('resource', [part.type, own], part.body))
    }
  }
  return texts
}

/** What is at the end of a resource: its dependencies that no argument refers to, and what Terraform leaves as it is. */
function endOf({ dependsOn = [], ignored = [] }: Configured): string {
  const depends = dependsOn.length === 0 ? '' : `\n  depends_on = [${dependsOn.join(', ')}]\n`
  return ignored.length === 0
    ? depends
    : `${depends}\n  lifecycle {\n    ignore_changes = [${ignored.join(', ')}]\n  }\n`
}

function importsText(written: readonly Written[], scope: Whole): string {
  const head = comment([
    'IDs of the server that this was exported from, on which Terraform adopts what is there. Delete this file after the',
    'first apply, and before the configuration is used for another server.',
  ])
  const blocks = written.flatMap(({ resource, configured: { importId } }) => {
    const to = scope.addresses.get(refOf(resource))
    if (importId === undefined || to === undefined) return []
    const body: Argument[] = [
      ['to', { raw: to }],
      ['id', importId],
    ]
    return [block('import', [], body)]
  })
  return [head, ...blocks].join('\n')
}

function inputsText({ inputs }: Whole): string {
  const blocks = [...inputs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { description, sensitive, type, default: given }]) =>
      block(
        'variable',
        [name],
        [
          ['description', description],
          ['type', { raw: type }],
          ...(sensitive ? [['sensitive', true] satisfies Argument] : []),
          ...(given === undefined ? [] : [['default', given] satisfies Argument]),
        ],
      ),
    )
  return blocks.join('\n')
}

function headOf(others: readonly Resource[]): string {
  return comment([
    'Resources of a Prefect server, written by prefect-snapshot. The provider takes the address of the server from',
    'PREFECT_API_URL. Secrets are variables (TF_VAR_…); Terraform stores their values in its state, in clear text.',
    ...(others.length > 0 ? ['', `Not in this configuration: ${kindsText(others)}`] : []),
  ])
}

const required = `
terraform {
  required_version = ">= 1.5.0"

  required_providers {
    prefect = {
      source  = "prefecthq/prefect"
      version = ">= 3.0.0"
    }
  }
}

provider "prefect" {}
`
