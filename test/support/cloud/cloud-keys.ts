import { type CloudRequest, fieldsOf, isRead, type Middleware, refusal, withBody } from './cloud-wire.ts'

/** A key and what it may do. */
export interface KeyOptions {
  /** Of a person (`pnu_`) or of a service account (`pnb_`) [client]; by default of a person. */
  readonly of?: 'person' | 'service-account'
  /** `account/handle` of the workspaces that it can see; by default all. */
  readonly workspaces?: readonly string[]
  /** Its scopes in each of them; by default all. */
  readonly scopes?: readonly string[]
  /** What `/me/workspaces/{id}/scopes` answers instead, as if scopes had other names. */
  readonly shownScopes?: readonly string[]
  /** Answers 401 [inferred]. */
  readonly expired?: boolean
  /** Whether it may read `/accounts/{id}` and its limits; by default true. Otherwise 403 [inferred]. */
  readonly readsAccount?: boolean
}

/** A key of the gateway. */
export interface CloudKey {
  readonly name: string
  readonly token: string
  readonly workspaces: readonly string[] | undefined
  scopes: readonly string[]
  shownScopes: readonly string[]
  readonly readsAccount: boolean
  /** From now on, the key is answered with 401. */
  expired: boolean
}

/** What scopes are about. `manage_blocks` and `see_flows` occur in public examples [doc]; the other names follow them [inferred]. */
const nouns = [
  'automations',
  'blocks',
  'concurrency_limits',
  'deployments',
  'flows',
  'saved_searches',
  'slas',
  'variables',
  'webhooks',
  'work_pools',
] as const

/** The scopes of a role that reads, without the secrets of blocks. */
export const viewerScopes: readonly string[] = nouns.map((noun) => `see_${noun}`)

/** The scope without which the values of secrets come back masked: its existence is [client], its name [inferred]. */
export const secretsScope = 'see_block_secrets'

/** All scopes. */
export const ownerScopes: readonly string[] = [...viewerScopes, ...nouns.map((noun) => `manage_${noun}`), secretsScope]

/** A key with a token that belongs to nobody. */
export function makeKey(name: string, options: KeyOptions): CloudKey {
  const { of = 'person', workspaces, scopes = ownerScopes, expired = false, readsAccount = true } = options
  const { shownScopes = scopes } = options
  const token = `${of === 'person' ? 'pnu' : 'pnb'}_${name.replace(/\W/g, '')}${'0123456789abcdef'.repeat(2)}`
  return { name, token, workspaces, scopes, shownScopes, readsAccount, expired }
}

/** Refuses with 403 what the scopes of a key do not include, and masks secrets that it may not see. */
export function scopeRules({ scopes }: CloudKey): Middleware {
  return async (request, next) => {
    const noun = nounOf(request)
    const needed = noun && `${isRead(request) ? 'see' : 'manage'}_${noun}`
    if (needed && !scopes.includes(needed)) return refusal(403, 'Forbidden')
    return next(scopes.includes(secretsScope) ? request : withoutSecrets(request))
  }
}

const nounOfSegment: Readonly<Record<string, string>> = {
  block_capabilities: 'blocks',
  block_documents: 'blocks',
  block_schemas: 'blocks',
  block_types: 'blocks',
  work_queues: 'work_pools',
  v2: 'concurrency_limits',
}

function nounOf({ path }: CloudRequest): string | undefined {
  const [, segment = ''] = path.split('/')
  return nounOfSegment[segment] ?? nouns.find((noun) => noun === segment)
}

function withoutSecrets(request: CloudRequest): CloudRequest {
  const query = new URLSearchParams(request.query)
  if (query.has('include_secrets')) query.set('include_secrets', 'false')
  const body = fieldsOf(request)
  return 'include_secrets' in body
    ? withBody({ ...request, query }, { ...body, include_secrets: false })
    : { ...request, query }
}
