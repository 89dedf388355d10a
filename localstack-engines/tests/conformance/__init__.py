"""The conformance baseline: what the running plugin answers for every operation of botocore's models.

python -m conformance            probes LocalStack and prints what differs from the baseline
python -m conformance --write    writes the baseline and docs/conformance.md
"""
