/* Writes the documentation of the library by typedoc.json. A warning is an error. */
import { Application, TSConfigReader, TypeDocReader } from 'typedoc'

const app = await Application.bootstrapWithPlugins({}, [new TypeDocReader(), new TSConfigReader()])
const project = await app.convert()
if (project) {
  app.validate(project)
  await app.generateOutputs(project)
}
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1
