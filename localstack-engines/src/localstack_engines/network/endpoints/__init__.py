"""VPC endpoints: which of AWS's APIs a task or a function in a VPC reaches.

`names` has AWS's names, `mode` says whether a VPC enforces, `records` reads what EC2 has, `paths` says how a request
leaves the VPC, `reachability` brings these together, and `unreachable` shows what did not pass.
See docs/decisions/0019-vpc-endpoints.md.
"""
