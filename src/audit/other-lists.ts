/** Routes that list objects of no kind, and why: nothing of it is configuration. */
export const otherLists: Readonly<Record<string, string>> = {
  '/flow_runs/filter': 'runs',
  '/task_runs/filter': 'runs',
  '/flow_runs/*/input/filter': 'what a run was given while it was paused',
  '/logs/filter': 'logs of runs',
  '/events/filter': 'events',
  '/artifacts/filter': 'results of runs',
  '/artifacts/latest/filter': 'results of runs',
  '/task_workers/filter': 'workers that are connected at present',
  '/work_pools/*/workers/filter': 'workers that poll at present',
}
