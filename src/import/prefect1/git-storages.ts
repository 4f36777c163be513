import type { JsonObject, Pointer } from '../../json.ts'
import { type FieldRule, readFields } from './field-table.ts'
import type { Notes } from './notes.ts'
import { type Code, elsewhereFields, marker, secretText, textAt, told, used } from './storage-words.ts'

/** What `git_clone` of Prefect 3 gets, and the script in the repository. */
interface Clone {
  readonly repository: string
  readonly file: string
  readonly ref?: string
  readonly token?: JsonObject
}

interface GitTable {
  readonly fields: Readonly<Record<string, FieldRule>>
  clone(storage: JsonObject): Clone
}

const where = { repo: used, path: used, ref: used, access_token_secret: used }
const tables: Readonly<Record<string, GitTable>> = {
  GitHub: {
    fields: { ...where, base_url: used },
    clone: ({ repo, path, ref, base_url, access_token_secret: secret }) => ({
      repository: `${hostOf(base_url, 'https://github.com')}/${textAt(repo)}.git`,
      file: textAt(path),
      ...refOf(ref),
      ...tokenOf(secret),
    }),
  },
  GitLab: {
    fields: { ...where, host: used },
    clone: ({ repo, path, ref, host, access_token_secret: secret }) => ({
      repository: `${hostOf(host, 'https://gitlab.com')}/${textAt(repo)}.git`,
      file: textAt(path),
      ...refOf(ref),
      ...tokenOf(secret),
    }),
  },
  Bitbucket: {
    fields: {
      ...where,
      project: used,
      workspace: used,
      host: used,
      cloud_username_secret: used,
      cloud_app_password_secret: used,
    },
    clone: bitbucketClone,
  },
  CodeCommit: {
    fields: { repo: used, path: used, commit: used, client_options: regionOnly },
    clone: ({ repo, path, commit, client_options: options }) => {
      const region = (options as JsonObject | undefined)?.region_name
      return {
        repository: `https://git-codecommit.${textAt(region) || 'TODO_region'}.amazonaws.com/v1/repos/${textAt(repo)}`,
        file: textAt(path),
        ...refOf(commit),
      }
    },
  },
  Git: { fields: gitFields(), clone: gitClone },
}

/** The code of a flow in a git repository; undefined for other storages. */
export function gitSteps(storage: JsonObject, type: string, at: Pointer, flow: string, notes: Notes): Code | undefined {
  const table = Object.hasOwn(tables, type) ? tables[type] : undefined
  if (!table) return undefined
  notes.carried(type, at)
  readFields(storage, at, type, { ...elsewhereFields, ...table.fields }, notes)
  const { repository, file, ref, token = {} } = table.clone(storage)
  const isCommit = ref !== undefined && /^[0-9a-f]{7,40}$/.test(ref)
  const at_ = ref === undefined ? {} : isCommit ? { commit_sha: ref } : { branch: ref }
  return {
    entrypoint: marker(file || 'TODO.py', flow),
    pull_steps: [{ 'prefect.deployments.steps.git_clone': { repository, ...at_, ...token } }],
  }
}

function refOf(ref: unknown): { readonly ref?: string } {
  return typeof ref === 'string' && ref !== '' ? { ref } : {}
}

function tokenOf(secret: unknown): { readonly token?: JsonObject } {
  return typeof secret === 'string' ? { token: { access_token: secretText(secret) } } : {}
}

/** The address of a host, without the path of its API. */
function hostOf(value: unknown, usual: string): string {
  if (typeof value !== 'string' || value === '') return usual
  const address = value.includes('://') ? value : `https://${value}`
  return address.replace(/\/(api\/v\d)?\/?$/, '').replace('//api.github.com', '//github.com')
}

function bitbucketClone(storage: JsonObject): Clone {
  const { project, repo, workspace, host, path, ref, access_token_secret: secret } = storage
  const { cloud_username_secret: user, cloud_app_password_secret: password } = storage
  const credentials = { username: secretText(textAt(user)), access_token: secretText(textAt(password)) }
  return {
    repository: textAt(workspace)
      ? `https://bitbucket.org/${textAt(workspace)}/${textAt(repo)}.git`
      : `${hostOf(host, 'https://bitbucket.org')}/scm/${textAt(project).toLowerCase()}/${textAt(repo)}.git`,
    file: textAt(path),
    ...refOf(ref),
    ...(typeof user === 'string' && typeof password === 'string' ? { token: { credentials } } : tokenOf(secret)),
  }
}

function regionOnly(value: unknown): ReturnType<FieldRule> {
  const others = Object.keys(value as JsonObject).filter((name) => name !== 'region_name')
  if (others.length === 0) return { set: {} }
  return {
    why: `git_clone of Prefect 3 has no options such as ${others.join(', ')}.`,
    fix: 'Set them up where workers run.',
  }
}

function gitFields(): Readonly<Record<string, FieldRule>> {
  const own = ['flow_path', 'repo', 'repo_host', 'flow_name', 'git_token_secret_name', 'git_token_username']
  const refs = ['git_clone_url_secret_name', 'branch_name', 'tag', 'commit', 'use_ssh']
  const format = told(
    'git_clone of Prefect 3 formats tokens by the name of the host.',
    'Write credentials into the pull step.',
  )
  return {
    ...Object.fromEntries([...own, ...refs].map((name) => [name, used])),
    // Prefect 3 clones with a depth of 1 too.
    clone_depth: (depth) =>
      depth === 1
        ? 'no effect'
        : {
            why: 'git_clone of Prefect 3 always clones with a depth of 1.',
            fix: 'Fetch more in a pull step of its own.',
          },
    format_access_token: (value, at) => (value === false ? format(value, at) : 'no effect'),
  }
}

function gitClone(storage: JsonObject): Clone {
  const { flow_path, repo, repo_host, branch_name, tag, commit, use_ssh } = storage
  const { git_token_secret_name: secret, git_token_username: user, git_clone_url_secret_name: address } = storage
  const host = textAt(repo_host) || 'github.com'
  const ref = refOf([branch_name, tag, commit].find((one) => typeof one === 'string'))
  const file = textAt(flow_path)
  if (typeof address === 'string') return { repository: secretText(address), file, ...ref }
  const owner = textAt(repo).split('/')[0]
  if (use_ssh === true) return { repository: `git@${host}:${textAt(repo)}.git`, file, ...ref }
  const repository = `https://${host}/${textAt(repo)}.git`
  const isOther = typeof user === 'string' && user !== owner && typeof secret === 'string'
  const token = isOther
    ? { token: { credentials: { username: user, access_token: secretText(secret) } } }
    : tokenOf(secret)
  return { repository, file, ...ref, ...token }
}
