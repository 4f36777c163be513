/** The names of one of Prefect's client settings in the different sources. */
export interface Setting {
  /** Names in the environment, `.env` and profiles; the first is the current one and takes precedence over older ones. */
  readonly names: readonly [string, ...string[]]
  /** The path in `prefect.toml`, or below `[tool.prefect]` in `pyproject.toml`. */
  readonly path: readonly string[]
}

/** Settings that identify the server and the user. With a named profile, only the profile is read for them. */
export const identity = {
  url: { names: ['PREFECT_API_URL'], path: ['api', 'url'] },
  key: { names: ['PREFECT_API_KEY'], path: ['api', 'key'] },
  authString: { names: ['PREFECT_API_AUTH_STRING'], path: ['api', 'auth_string'] },
  headers: { names: ['PREFECT_CLIENT_CUSTOM_HEADERS'], path: ['client', 'custom_headers'] },
} as const satisfies Record<string, Setting>

/** The file of profiles; PREFECT_HOME is read of the environment only. */
export const profilesPathSetting: Setting = { names: ['PREFECT_PROFILES_PATH'], path: ['profiles_path'] }

/** Settings of the transport; names as of Prefect 3.8, `PREFECT_CLOUD_URL` as of 2.x. */
export const transport = {
  insecure: { names: ['PREFECT_API_TLS_INSECURE_SKIP_VERIFY'], path: ['api', 'tls_insecure_skip_verify'] },
  caFile: { names: ['PREFECT_API_SSL_CERT_FILE'], path: ['api', 'ssl_cert_file'] },
  timeout: { names: ['PREFECT_API_REQUEST_TIMEOUT'], path: ['api', 'request_timeout'] },
  maxRetries: { names: ['PREFECT_CLIENT_MAX_RETRIES'], path: ['client', 'max_retries'] },
  extraCodes: { names: ['PREFECT_CLIENT_RETRY_EXTRA_CODES'], path: ['client', 'retry_extra_codes'] },
  csrf: { names: ['PREFECT_CLIENT_CSRF_SUPPORT_ENABLED'], path: ['client', 'csrf_support_enabled'] },
  cloudUrl: { names: ['PREFECT_CLOUD_API_URL', 'PREFECT_CLOUD_URL'], path: ['cloud', 'api_url'] },
} as const satisfies Record<string, Setting>
