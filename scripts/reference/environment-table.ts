/** A variable of the environment that the tool reads. A test compares the names with those in the code. */
export interface Variable {
  readonly name: string
  readonly doc: string
  readonly default?: string
  /** The setting of the table in src/profile/settings.ts, which has its path in prefect.toml. */
  readonly setting?: string
}

const server: readonly Variable[] = [
  {
    name: 'PREFECT_API_URL',
    setting: 'url',
    doc: 'URL of the API, which ends in `/api` on a self-hosted server. `--api-url` and a named profile take precedence.',
  },
  {
    name: 'PREFECT_API_KEY',
    setting: 'key',
    doc: 'API key of Prefect Cloud, or of a gateway in front of a server. Sent as a bearer token.',
  },
  {
    name: 'PREFECT_API_AUTH_STRING',
    setting: 'authString',
    doc: '`user:password` of a self-hosted server with basic authentication. Takes precedence over PREFECT_API_KEY.',
  },
  {
    name: 'PREFECT_CLIENT_CUSTOM_HEADERS',
    setting: 'headers',
    doc: 'JSON object of headers that every request has, such as those that a gateway demands.',
  },
  {
    name: 'PREFECT_CLOUD_API_URL',
    setting: 'cloudUrl',
    default: 'https://api.prefect.cloud/api',
    doc: 'API of Prefect Cloud, for `--workspace` and to recognize Cloud behind a private link. PREFECT_CLOUD_URL is its former name.',
  },
]

const profiles: readonly Variable[] = [
  { name: 'PREFECT_PROFILE', doc: 'Profile to use where no `--profile` is given, instead of the active one.' },
  { name: 'PREFECT_PROFILES_PATH', doc: 'File of the profiles.', default: 'profiles.toml in PREFECT_HOME' },
  { name: 'PREFECT_HOME', doc: "Prefect's directory.", default: '~/.prefect' },
]

const connection: readonly Variable[] = [
  {
    name: 'PREFECT_API_SSL_CERT_FILE',
    setting: 'caFile',
    default: 'SSL_CERT_FILE',
    doc: 'File of certificates that are trusted in addition.',
  },
  { name: 'SSL_CERT_FILE', doc: 'The same, where PREFECT_API_SSL_CERT_FILE is not set.' },
  {
    name: 'PREFECT_API_TLS_INSECURE_SKIP_VERIFY',
    setting: 'insecure',
    default: 'false',
    doc: 'Whether certificates are not verified. Everybody on the way can then read the credentials.',
  },
  {
    name: 'PREFECT_API_REQUEST_TIMEOUT',
    setting: 'timeout',
    default: '60',
    doc: 'Seconds until a request without an answer is given up.',
  },
  {
    name: 'PREFECT_CLIENT_MAX_RETRIES',
    setting: 'maxRetries',
    default: '5',
    doc: 'How often a request is sent again.',
  },
  {
    name: 'PREFECT_CLIENT_RETRY_EXTRA_CODES',
    setting: 'extraCodes',
    doc: 'Further HTTP status codes after which a request is sent again, separated by commas.',
  },
  {
    name: 'PREFECT_CLIENT_CSRF_SUPPORT_ENABLED',
    setting: 'csrf',
    default: 'true',
    doc: 'Whether CSRF tokens are used with a server that demands them.',
  },
  {
    name: 'HTTPS_PROXY',
    doc: 'Proxy for `https://` URLs: `http://`, `https://` or `socks5://`, also with user and password. The name in lower case takes precedence, here and below.',
  },
  { name: 'HTTP_PROXY', doc: 'Proxy for `http://` URLs.' },
  { name: 'ALL_PROXY', doc: 'Proxy for both, where the other two are not set.' },
  {
    name: 'NO_PROXY',
    doc: 'Hosts that are reached without a proxy: names, with their subdomains, separated by commas; a star stands for all.',
  },
]

const files: readonly Variable[] = [
  {
    name: 'PREFECT_SNAPSHOT_AGE_IDENTITY',
    doc: 'Identity of age that decrypts secrets, or the path of a file with identities.',
  },
  {
    name: 'XDG_CONFIG_HOME',
    doc: 'Directory of `prefect-snapshot/identity.txt`, which has identities of age.',
    default: '~/.config',
  },
  { name: 'XDG_STATE_HOME', doc: 'Directory of `prefect-snapshot/journals/`.', default: '~/.local/state' },
  {
    name: 'PREFECT_DEFAULT_WORK_POOL_NAME',
    doc: 'Work pool of the deployments of a `prefect.yaml` that name none, for `import`. PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME is its newer name, and takes precedence.',
  },
]

const terminal: readonly Variable[] = [
  { name: 'NO_COLOR', doc: 'Prints without color, if it is not empty.' },
  { name: 'FORCE_COLOR', doc: 'Prints with color, also where there is no terminal.' },
  { name: 'SUDO_UID', doc: 'The user who called `sudo`, whose files are trusted like those of root. Set by `sudo`.' },
  { name: 'GITHUB_ACTIONS', doc: '`validate` writes annotations of GitHub if it is `true`. Set by GitHub Actions.' },
  { name: 'GITHUB_WORKSPACE', doc: 'The root of the repository, for these annotations. Set by GitHub Actions.' },
]

/** Every variable, by what it is about. */
export const variableGroups: Readonly<Record<string, readonly Variable[]>> = {
  'The server and its credentials': server,
  Profiles: profiles,
  'The connection': connection,
  'Secrets and files': files,
  'The terminal and CI systems': terminal,
}

/** Names that the code reads, and that the doc of another variable tells. */
export const olderNames: readonly string[] = ['PREFECT_CLOUD_URL', 'PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME']
