import { existsSync, readFileSync } from 'node:fs'
import type { Forge, Review } from './forge.ts'
import { type ForgeApi, ForgeError, openForge, type Row, rowAt, rowsOf, textAt } from './forge-http.ts'
import type { Env } from './inputs.ts'

/** Statuses of a workflow run that has not ended. */
const open = ['queued', 'in_progress', 'waiting', 'pending', 'requested']

/** The repository and the event of a job on GitHub (docs.github.com: "Variables reference"). */
export function openGitHub(env: Env, token: string): { readonly forge: Forge; close(): Promise<void> } {
  const headers = { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' }
  const api = openForge(env.GITHUB_API_URL ?? 'https://api.github.com', headers, env)
  const event = eventOf(env)
  const pull = rowAt(event, 'pull_request')
  const head = rowAt(pull, 'head')
  const repository = env.GITHUB_REPOSITORY ?? ''
  const fork = textAt(rowAt(head, 'repo'), 'full_name') !== repository
  const forge: Forge = {
    commit: textAt(head, 'sha') || (env.GITHUB_SHA ?? ''),
    ...(typeof pull.number === 'number' ? { review: reviewOf(pull) } : {}),
    // Dependabot's pull requests get no secrets either.
    isForeign: typeof pull.number === 'number' && (fork || env.GITHUB_ACTOR === 'dependabot[bot]'),
    jobUrl: `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? ''}`,
    reviewName: 'pull request',
    ...requestsOf(api, `/repos/${repository}`, textAt(rowAt(event, 'repository'), 'default_branch')),
  }
  return { forge, close: api.close }
}

function eventOf({ GITHUB_EVENT_PATH: path }: Env): Row {
  return path !== undefined && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Row) : {}
}

function reviewOf(pull: Row): Review {
  return { number: Number(pull.number), head: textAt(rowAt(pull, 'head'), 'sha') }
}

type Requests = Omit<Forge, 'commit' | 'review' | 'isForeign' | 'jobUrl' | 'reviewName'>

function requestsOf(api: ForgeApi, repo: string, branch: string): Requests {
  const comment = (id: number) => `${repo}/issues/comments/${id}`
  return {
    async comments({ number }) {
      const all = await api.list(`${repo}/issues/${number}/comments`)
      // A person's comment may quote ours.
      const me = all.some((row) => isBot(row)) ? undefined : await loginOf(api)
      return all
        .filter((row) => isBot(row) || (me !== undefined && textAt(rowAt(row, 'user'), 'login') === me))
        .map((row) => ({ id: Number(row.id), body: textAt(row, 'body') }))
    },
    createComment: async ({ number }, body) =>
      void (await api.send('POST', `${repo}/issues/${number}/comments`, { body })),
    updateComment: async (_, id, body) => void (await api.send('PATCH', comment(id), { body })),
    deleteComment: async (_, id) => void (await api.send('DELETE', comment(id))),
    headOf: async ({ number }) => reviewOf((await api.get(`${repo}/pulls/${number}`)) as Row).head,
    changedPaths: async ({ number }) =>
      (await api.list(`${repo}/pulls/${number}/files`)).flatMap((row) =>
        [textAt(row, 'filename'), textAt(row, 'previous_filename')].filter(Boolean),
      ),
    openReviews: async (commit) =>
      (await api.list(`${repo}/commits/${commit}/pulls`))
        .filter((pull) => pull.state === 'open')
        .map(reviewOf)
        .filter(({ head }) => head === commit),
    async mergedReview(commit) {
      const pulls = await api.list(`${repo}/commits/${commit}/pulls`)
      const merged = pulls.find((pull) => pull.merged_at && pull.merge_commit_sha === commit)
      return merged && reviewOf(merged)
    },
    async lastApply(workflow) {
      const query = `branch=${encodeURIComponent(branch)}&per_page=50`
      const path = `${repo}/actions/workflows/${encodeURIComponent(workflow)}/runs?${query}`
      const runs = rowsOf(((await api.get(path)) as Row).workflow_runs)
      const last = runs.find(({ conclusion }) => conclusion === 'success')
      return {
        underWay: runs.some((run) => open.includes(textAt(run, 'status'))),
        ...(last ? { commit: textAt(last, 'head_sha') } : {}),
      }
    },
  }
}

function isBot(row: Row): boolean {
  return rowAt(row, 'user').type === 'Bot'
}

/** The user of a personal token. The token of a workflow or an app may not ask, and its comments are those of a bot. */
async function loginOf(api: ForgeApi): Promise<string | undefined> {
  try {
    return textAt((await api.get('/user')) as Row, 'login')
  } catch (error) {
    if (error instanceof ForgeError && [401, 403, 404].includes(error.status ?? 0)) return undefined
    throw error
  }
}
