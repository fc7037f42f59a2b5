/** The Python around a script: what runs in the interpreter before it, and tells what came of it. */

/** What the program imports: half of a start, were it done by every thread. */
export const pythonImports = 'import builtins, json, math, random, sys'

/**
 * Defines `answer(job)`: JSON of `{sources, context, turns, mostChars}` -> JSON of `{output}`, itself JSON, or
 * `{failure}`; `{}` when no result was left. The doors from Python to JavaScript are taken away first; that they are
 * nowhere else either is up to the realm (python-realm.ts), for a script may undo whatever is done here.
 */
export const pythonProgram = `
${pythonImports}

doors = ('js', 'js_support', 'pyodide', 'pyodide_js', 'pyodide_js_api', 'micropip', '_pyodide', '_pyodide_core')

class Closed:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split('.')[0] in doors:
            raise ModuleNotFoundError(f"a script has no module '{name}'", name=name)

def close():
    for name in [*sys.modules]:
        if name.split('.')[0] in doors:
            del sys.modules[name]
    sys.meta_path[:] = [Closed, *(f for f in sys.meta_path if getattr(f, '__name__', '') in
        ('BuiltinImporter', 'FrozenImporter', 'PathFinder'))]

class TooMany(BaseException):
    pass

def counted(most):
    """What marks the code whose loop turns and calls count: the script's own, not that of modules. A limit that is not
    reached within the time is not counted, for counting takes longer."""
    if most >= 10_000_000:
        return lambda code: code
    watch, events, count = sys.monitoring, sys.monitoring.events, 0
    def one(*_):
        nonlocal count
        count += 1
        if count > most:
            raise TooMany(f'it took more than {most} loop turns and calls')
    watch.use_tool_id(4, 'capability')
    for event in (events.JUMP, events.PY_START):
        watch.register_callback(4, event, one)
    def mark(code):
        watch.set_local_events(4, code, events.JUMP | events.PY_START)
        for part in code.co_consts:
            if isinstance(part, type(code)):
                mark(part)
        return code
    return mark

def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else float(value)
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value)

def placed(error, names):
    if isinstance(error, SyntaxError) and error.filename in names:
        return f' ({error.filename}:{error.lineno})'
    place, at = '', error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename in names:
            place = f' ({at.tb_frame.f_code.co_filename}:{at.tb_lineno})'
        at = at.tb_next
    return place

def said(error, names, megabytes):
    if isinstance(error, TooMany):
        return str(error)
    if isinstance(error, MemoryError):
        return f'it took more memory than {megabytes} MiB'
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        text = ''
    what = type(error).__name__ + (f': {text}' if text else '')
    return (what if len(what) <= 300 else what[:300] + '\\u2026') + placed(error, names)

def run(job, names):
    space = {'__name__': '__main__', '__builtins__': builtins, 'context': json.loads(job['context'])}
    mark = counted(job['turns'])
    for source in job['sources']:
        exec(mark(compile(source['text'], source['name'], 'exec', dont_inherit=True)), space)
    if 'result' not in space:
        return {}
    output = json.dumps(plain(space['result']), allow_nan=False)
    if len(output) > job['mostChars']:
        return {'failure': f"its result has {len(output)} characters; the limit is {job['mostChars']}"}
    return {'output': output}

def answer(text):
    job = json.loads(text)
    names = {source['name'] for source in job['sources']}
    try:
        told = run(job, names)
    except BaseException as error:
        told = {'failure': said(error, names, job['megabytes'])}
    return json.dumps(told)

close()
# Every interpreter starts from the same memory.
random.seed()
answer
`
