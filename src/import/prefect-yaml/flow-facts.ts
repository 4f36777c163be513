import type { JsonObject, Pointer } from '../../json.ts'
import { step } from '../../json.ts'
import type { Faults } from '../issues.ts'
import type { FlowFacts, ImportInput } from '../reader.ts'
import { defaultFlowName, readFlowSource, splitEntrypoint } from './flow-source.ts'

/** What is known of the flow of an entrypoint: from the interpreter, else from its source beside the file, else from its name. */
export function factsOf(
  entrypoint: string,
  config: JsonObject,
  pointer: Pointer,
  input: ImportInput,
  faults: Faults,
): FlowFacts & { readonly name: string } {
  const known = toldFacts(entrypoint, pointer, input, faults)
  if (known?.name !== undefined) return { ...known, name: known.name }
  const { paths, function: functionName } = splitEntrypoint(entrypoint)
  const [path] = paths
  const source = paths.map(input.readBeside).find((text) => text !== undefined)
  const read = source === undefined ? undefined : readFlowSource(source, functionName)
  if (read?.name !== undefined) return { ...read, name: read.name }
  const written = typeof config.flow_name === 'string' && config.flow_name !== '' ? config.flow_name : undefined
  const name = written ?? defaultFlowName(functionName)
  const why =
    source === undefined
      ? `${path ?? entrypoint} is not there`
      : `its name in ${path ?? entrypoint} is not a plain text`
  const from = written === undefined ? 'that of its function' : 'flow_name'
  faults.warn(
    'unknown-flow',
    `The name of the flow is taken from ${from}, ${name}, because ${why}.`,
    step(pointer, 'entrypoint'),
    'Put the code beside the file, or write flow_name, if the name is another one.',
  )
  return { ...read, name }
}

/** What the interpreter says about a flow. An import that fails is an error, as it is for Prefect. */
function toldFacts(entrypoint: string, pointer: Pointer, input: ImportInput, faults: Faults): FlowFacts | undefined {
  const told = input.flowFacts?.(entrypoint)
  const at = step(pointer, 'entrypoint')
  if (told?.fault !== undefined) {
    const fix = 'Correct the entrypoint or its code, or omit --python to leave the parameters to the destination.'
    faults.error('flow-not-loaded', `Prefect cannot load ${entrypoint}: ${told.fault}.`, at, fix)
    return undefined
  }
  if (told?.missing !== undefined) {
    const message = `${entrypoint} cannot be imported, so Prefect reads its source without what is missing: ${told.missing}.`
    faults.warn('flow-not-loaded', message, at, 'Install the packages of the flow where the interpreter is.')
  }
  return told
}
