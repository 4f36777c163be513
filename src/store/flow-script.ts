/**
 * A program for Python with Prefect 3: reads entrypoints, a JSON array, from standard input, and prints a line of JSON for each, with
 * what `prefect deploy` takes from the code (`_run_single_deploy` and `RunnerDeployment`). It runs the code, as Prefect does. Code that
 * cannot be imported is read without what is missing, also as Prefect does; `missing` says so.
 *
 * What an exception says is only told for exceptions of the language itself: others may quote values.
 */
export const flowScript = `
import sys
sys.path[:] = [path for path in sys.path if path]
import json, os
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

def tell(answer):
    print(json.dumps(answer, allow_nan=False), file=answers, flush=True)

try:
    import prefect
    version = prefect.__version__
except Exception as error:
    tell({"absent": type(error).__name__})
    sys.exit()
tell({"version": version})
if not version.startswith("3."):
    sys.exit()
from prefect.exceptions import MissingFlowError, ScriptError
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from pydantic_core import to_jsonable_python

plain = (ImportError, SyntaxError, NameError, AttributeError, MissingFlowError, FileNotFoundError)

def reason(error):
    error = getattr(error, "user_exc", error)
    name = type(error).__name__
    text = f"{name}: {error}".splitlines()[0] if isinstance(error, plain) else name
    place = ""
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{os.path.relpath(error.filename)}:{error.lineno}"
        text = f"{name}: {error.msg}"
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if os.path.abspath(file).startswith(os.getcwd() + os.sep) and "site-packages" not in file:
            place = f"{os.path.relpath(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return {"reason": text, "place": place}

def facts(entrypoint):
    missing = None
    try:
        flow = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    except ScriptError as error:
        missing = reason(error)
        try:
            flow = load_flow_from_entrypoint(entrypoint)
        except Exception:
            return {"fault": missing}
    schema = parameter_schema(flow).model_dump(exclude_unset=True)
    found = {"name": flow.name, "description": flow.description, "version": flow.version, "schema": to_jsonable_python(schema)}
    return {"facts": found, "missing": missing}

for entrypoint in json.load(sys.stdin):
    try:
        tell(facts(entrypoint))
    except Exception as error:
        tell({"fault": reason(error)})
    except SystemExit:
        tell({"fault": {"reason": "it ends the program as it is imported", "place": ""}})
`
