import type { Forge, Review } from './forge.ts'
import { type ForgeApi, openForge, type Row, rowAt, rowsOf, textAt } from './forge-http.ts'
import type { Env } from './inputs.ts'

/** Statuses of a deployment that has not ended. */
const open = ['created', 'running', 'blocked']

/** The project and the pipeline of a job on GitLab (docs.gitlab.com: "Predefined CI/CD variables reference"). */
export function openGitLab(env: Env, token: string): { readonly forge: Forge; close(): Promise<void> } {
  const headers: Record<string, string> = token === '' ? {} : { 'private-token': token }
  const api = openForge(env.CI_API_V4_URL ?? 'https://gitlab.com/api/v4', headers, env)
  const commit = env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || (env.CI_COMMIT_SHA ?? '')
  const number = Number(env.CI_MERGE_REQUEST_IID || Number.NaN)
  const forge: Forge = {
    commit,
    ...(Number.isInteger(number) ? { review: { number, head: commit } } : {}),
    isForeign: env.CI_MERGE_REQUEST_SOURCE_PROJECT_ID !== env.CI_MERGE_REQUEST_PROJECT_ID,
    jobUrl: env.CI_JOB_URL ?? '',
    reviewName: 'merge request',
    ...requestsOf(api, `/projects/${env.CI_MERGE_REQUEST_PROJECT_ID || (env.CI_PROJECT_ID ?? '')}`),
  }
  return { forge, close: api.close }
}

function reviewOf(request: Row): Review {
  return { number: Number(request.iid), head: textAt(request, 'sha') }
}

type Requests = Omit<Forge, 'commit' | 'review' | 'isForeign' | 'jobUrl' | 'reviewName'>

function requestsOf(api: ForgeApi, project: string): Requests {
  const at = ({ number }: Review) => `${project}/merge_requests/${number}`
  const requestsWith = (commit: string) => api.list(`${project}/repository/commits/${commit}/merge_requests`)
  return {
    async comments(review) {
      const { id } = (await api.get('/user')) as Row
      const notes = await api.list(`${at(review)}/notes?sort=asc&order_by=created_at`)
      return notes
        .filter((note) => note.system !== true && rowAt(note, 'author').id === id)
        .map((note) => ({ id: Number(note.id), body: textAt(note, 'body') }))
    },
    createComment: async (review, body) => void (await api.send('POST', `${at(review)}/notes`, { body })),
    updateComment: async (review, id, body) => void (await api.send('PUT', `${at(review)}/notes/${id}`, { body })),
    deleteComment: async (review, id) => void (await api.send('DELETE', `${at(review)}/notes/${id}`)),
    headOf: async (review) => reviewOf((await api.get(at(review))) as Row).head,
    changedPaths: async (review) =>
      (await api.list(`${at(review)}/diffs`)).flatMap((row) => [textAt(row, 'new_path'), textAt(row, 'old_path')]),
    openReviews: async (commit) =>
      (await requestsWith(commit))
        .filter(({ state }) => state === 'opened')
        .map(reviewOf)
        .filter(({ head }) => head === commit),
    async mergedReview(commit) {
      const merged = (await requestsWith(commit)).find(
        ({ state, merge_commit_sha, squash_commit_sha, sha }) =>
          state === 'merged' && [merge_commit_sha, squash_commit_sha, sha].includes(commit),
      )
      return merged && reviewOf(merged)
    },
    async lastApply(environment) {
      const query = `environment=${encodeURIComponent(environment)}&order_by=id&sort=desc&per_page=20`
      const deployments = rowsOf(await api.get(`${project}/deployments?${query}`))
      const last = deployments.find(({ status }) => status === 'success')
      return {
        underWay: deployments.some((each) => open.includes(textAt(each, 'status'))),
        ...(last ? { commit: textAt(last, 'sha') } : {}),
      }
    },
  }
}
