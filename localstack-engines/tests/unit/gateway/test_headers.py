"""The names of headers between HAProxy and the plugin, which stand in Python and in Lua."""

import re
from importlib.resources import files

from localstack_engines.gateway import configuration, headers


def test_the_lua_script_uses_the_names_of_headers() -> None:
    script = files(configuration).joinpath("subrequests.lua").read_text()
    used = set(re.findall(r'prefix \.\. "([\w-]+)"', script)) | set(re.findall(r'\["([\w-]+)"\] = "txn\.', script))
    known = {value.removeprefix(headers.PREFIX) for name, value in vars(headers).items() if name.isupper()}
    assert len(used) > 10
    assert used <= known
