import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A comment as the stub stores it. */
export interface StubComment {
  readonly id: number
  body: string
  /** The account that wrote it. */
  readonly by: 'bot' | 'person'
}

/** The state of a repository on the stub, which a test changes. */
export interface StubState {
  comments: StubComment[]
  /** The commit at the head of the one review, number 7. */
  head: string
  /** The commit that its merge made. */
  merged?: string
  changedPaths: string[]
  /** Runs of the apply workflow, or deployments, the newest first. */
  applies: { status: string; commit: string }[]
  /** The status of the next requests that write; a success if it is absent. */
  failWrites?: number
}

/** The API of GitHub or GitLab, as far as the jobs use it. */
export interface StubForge {
  readonly url: string
  readonly state: StubState
  /** `METHOD path` of every request that writes. */
  readonly writes: string[]
  /** The values of the header with the token. */
  readonly tokens: Set<string>
  close(): Promise<void>
}

type Answer = readonly [status: number, body: unknown]

const reviewState = ({ merged }: StubState) => (merged === undefined ? 'open' : 'closed')

function gitHub(state: StubState, method: string, path: string, body: string): Answer {
  const pull = {
    ...{ number: 7, state: reviewState(state), merged_at: state.merged ?? null, merge_commit_sha: state.merged ?? 'x' },
    head: { sha: state.head },
  }
  const user = (by: string) =>
    by === 'bot' ? { type: 'Bot', login: 'github-actions[bot]' } : { type: 'User', login: 'eve' }
  if (path === '/repos/acme/platform/pulls/7') return [200, pull]
  if (path === '/repos/acme/platform/pulls/7/files') return [200, state.changedPaths.map((filename) => ({ filename }))]
  if (/\/commits\/\w+\/pulls$/.test(path)) return [200, [pull]]
  if (path.endsWith('/runs'))
    return [
      200,
      {
        workflow_runs: state.applies.map(({ status, commit }) => ({
          ...(status === 'success' ? { status: 'completed', conclusion: 'success' } : { status }),
          head_sha: commit,
        })),
      },
    ]
  if (path === '/user') return [403, { message: 'Resource not accessible by integration' }]
  const list = '/repos/acme/platform/issues/7/comments'
  if (method === 'GET' && path === list)
    return [200, state.comments.map(({ by, ...rest }) => ({ ...rest, user: user(by) }))]
  return writeComment(state, method, path === list ? undefined : /\/issues\/comments\/(\d+)$/.exec(path)?.[1], body)
}

function gitLab(state: StubState, method: string, path: string, body: string): Answer {
  const request = { iid: 7, sha: state.head, state: state.merged ? 'merged' : 'opened', merge_commit_sha: state.merged }
  const base = '/projects/42/merge_requests/7'
  if (path === '/user') return [200, { id: 1 }]
  if (path === base) return [200, request]
  if (path === `${base}/diffs`) return [200, state.changedPaths.map((each) => ({ new_path: each, old_path: each }))]
  if (/\/repository\/commits\/\w+\/merge_requests$/.test(path)) return [200, [request]]
  if (path === '/projects/42/deployments')
    return [200, state.applies.map(({ status, commit }) => ({ status, sha: commit }))]
  if (method === 'GET' && path === `${base}/notes`)
    return [
      200,
      state.comments.map(({ by, ...rest }) => ({ ...rest, system: false, author: { id: by === 'bot' ? 1 : 2 } })),
    ]
  return writeComment(state, method, path === `${base}/notes` ? undefined : /\/notes\/(\d+)$/.exec(path)?.[1], body)
}

function writeComment(state: StubState, method: string, id: string | undefined, text: string): Answer {
  if (state.failWrites !== undefined) return [state.failWrites, { message: 'Resource not accessible by integration' }]
  const { body = '' } = text === '' ? {} : (JSON.parse(text) as { body?: string })
  const found = state.comments.find((comment) => String(comment.id) === id)
  if (method === 'POST' && id === undefined) state.comments.push({ id: state.comments.length + 101, body, by: 'bot' })
  else if (found && ['PATCH', 'PUT'].includes(method)) found.body = body
  else if (found && method === 'DELETE') state.comments = state.comments.filter((comment) => comment !== found)
  else return [404, { message: 'Not Found' }]
  return [200, {}]
}

/** Starts the API of a forge on this machine. */
export async function stubForge(kind: 'github' | 'gitlab', initial: Partial<StubState> = {}): Promise<StubForge> {
  const state: StubState = {
    comments: [],
    head: 'a'.repeat(40),
    changedPaths: ['prod.snapshot.yaml'],
    applies: [],
    ...initial,
  }
  const writes: string[] = []
  const tokens = new Set<string>()
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { method = 'GET', headers } = request
      const { pathname } = new URL(request.url ?? '/', 'http://stub')
      tokens.add(String(headers.authorization ?? headers['private-token'] ?? ''))
      if (method !== 'GET') writes.push(`${method} ${pathname}`)
      const [status, answer] = (kind === 'github' ? gitHub : gitLab)(state, method, pathname, body)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { url, state, writes, tokens, close }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
