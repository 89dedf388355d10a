"""Security groups as packet filters in the network namespaces of tasks.

`records` reads what EC2 has, `rules` says what it allows, `ruleset` writes that for nftables, `enforcement` loads it,
and `denied` shows which packets it has dropped. See docs/decisions/0017-security-groups-are-enforced.md.
"""
