import type { Resource } from '../../model.ts'
import { refOf } from '../../ref.ts'
import type { Argument, Hcl } from './hcl.ts'
import { fieldExpression, type Scope } from './references.ts'

/** A resource as the provider has it. */
export interface Configured {
  readonly body: readonly Argument[]
  /** What `import` takes, if it is not the ID. Undefined for a resource that cannot be imported. */
  readonly importId?: string | undefined
  /** Arguments that the provider cannot hold: it leaves them on the server as they are. */
  readonly ignored?: readonly string[]
  readonly dependsOn?: readonly string[]
  /** Further resources that belong to it: the type, the end of the identifier, and the arguments. */
  readonly parts?: readonly { readonly type: string; readonly suffix: string; readonly body: readonly Argument[] }[]
}

/** Configures a resource; undefined if the provider cannot, which is then among the losses. */
export type Configure = (resource: Resource, scope: Scope) => Configured | undefined

/** The arguments that have the name of a field, of the fields that the resource has. */
export function plainArguments(resource: Resource, scope: Scope, names: readonly string[]): Argument[] {
  return names.flatMap((name): Argument[] =>
    resource.spec[name] === undefined && !Object.keys(resource.secrets).some((pointer) => pointer === `/${name}`)
      ? []
      : [[name, fieldExpression(scope, resource, name)]],
  )
}

/** The name of a pool or queue, as a reference to it if the configuration has it. */
export function nameExpression(scope: Scope, ref: Parameters<typeof scope.idOf>[0], name: string): Hcl {
  const address = scope.addresses.get(ref)
  return address === undefined ? name : { raw: `${address}.name` }
}

/** The ID of the resource on the server that Terraform will manage; undefined if there is none. */
export function ownId(resource: Resource, scope: Scope): string | undefined {
  return scope.isImported ? scope.idOf(refOf(resource)) : undefined
}
