"""The commands behind the Makefile: `python -m ops --help`.

`cli` lists the commands. The packages do the work: `lifecycle` brings the system up and down, `look` shows what runs,
`demo` fills it, `rotation` replaces its signing key, `load` measures it, `quality` checks the code. All of them use the
modules beside these packages.
"""
