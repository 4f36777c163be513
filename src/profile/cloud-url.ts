/** The address of Prefect Cloud's API, unless PREFECT_CLOUD_API_URL is set. */
export const publicCloud = 'https://api.prefect.cloud/api'

/** A URL of Prefect Cloud's API: that of a workspace, or of what is above it. */
export interface CloudUrl {
  /** The part before `/accounts`, without a slash at the end. */
  readonly base: string
  readonly accountId?: string
  readonly workspaceId?: string
}

/** The parts of a URL of Prefect Cloud. */
export function partsOfCloudUrl(url: string): CloudUrl {
  const [, base = url, accountId, workspaceId] =
    /^(.*?)(?:\/accounts\/([^/]+)(?:\/workspaces\/([^/]+))?)?\/*$/.exec(url) ?? []
  return {
    base,
    ...(accountId === undefined ? {} : { accountId }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
  }
}

/** The API's URL of a workspace. */
export function workspaceUrl(base: string, accountId: string, workspaceId: string): string {
  return `${base}/accounts/${accountId}/workspaces/${workspaceId}`
}
